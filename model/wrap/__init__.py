"""How a fitted model comes behind the pages: it is opened in a process of its own, asked, compiled and compared.

Needs scikit-learn and pandas, and in that other process whatever the model was made with; serving never imports it.
"""

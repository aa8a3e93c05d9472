"""How a model learns: read the table, check the form against it, fit, evaluate, compile the scorecard.

Needs scikit-learn, pandas and joblib; the serving process never imports it.
"""

"""The models: every module in this folder is one, with its form, its recipe and its words.

The machinery stands in the folders beside them: `asking` reads answers, `answering` estimates from
the scorecards in `trained`, `learning` makes those scorecards. Neither `asking` nor `answering`
imports scikit-learn, pandas, joblib, Flask or a template.
"""

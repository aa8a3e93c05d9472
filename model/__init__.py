"""The models: every module in this folder is one, with its form, its recipe and its words.

The machinery stands in the rooms beside them. Each may import from those after it, never back:
`wrap` (models that were fitted elsewhere), `learn` (training), `files` (whole files), `evaluate` (how good
a model is), `predict` (its estimates), `declare` (what it asks), `vision` (photos). Of these only `wrap` and
`learn` need scikit-learn and pandas, and nothing here knows Flask or a template.
"""

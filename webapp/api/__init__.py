"""JSON for programs: estimates, the models, problems, and what describes them."""

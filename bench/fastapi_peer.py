"""What a user would pick instead: FastAPI with scikit-learn's predict_proba on a one-row DataFrame.

PEER_MODEL names another fitted model of the census than the one that comes with Likely.
"""

import os

import joblib
import pandas as pd
from fastapi import FastAPI
from pydantic import BaseModel

from model.predict.catalog import Catalog

pipeline = joblib.load(os.environ.get("PEER_MODEL") or Catalog()["census"].pickle_path)
app = FastAPI()


class Person(BaseModel):
    age: int
    sex: str
    status: str
    race: str
    education: str
    work: str
    hours: int


@app.post("/predict")
def predict(person: Person) -> dict[str, float]:
    row = pd.DataFrame([person.model_dump()])
    return {"probability": float(pipeline.predict_proba(row)[0, 1])}

#!/usr/bin/env python3
"""What scikit-learn takes to fit the real tables of `tables`, raw features, the same penalty of 1/N: one line a fit, for results/scikit-learn.csv.

   scikit_learn.py DATA [TABLE...]

DATA is the folder that --data names. The objective is the mean log-loss plus l2/2 ||W||^2 in double, as the benchmark computes it.
"""
import datetime
import gzip
import sys
import time
import warnings

import numpy as np
import sklearn
from sklearn.datasets import load_svmlight_file
from sklearn.linear_model import LogisticRegression

MOST_ITERATIONS = 1000


def sparse(folder, file, features):
    return lambda data: load_svmlight_file(f"{data}/{folder}/{file}", n_features=features)


def shuttle(data):
    cells = np.loadtxt(gzip.open(f"{data}/shuttle/shuttle.trn.numeric.csv.gz"), delimiter=",")
    return cells[:, :9], cells[:, 9].astype(int) - 1


def objective(model, x, y):
    scores = x @ model.coef_.T + model.intercept_
    if len(model.classes_) == 2:
        scores = np.hstack([np.zeros_like(scores), scores])
    top = scores.max(axis=1, keepdims=True)
    own = scores[np.arange(len(y)), np.searchsorted(model.classes_, y)]
    loss = np.log(np.exp(scores - top).sum(axis=1)) + top[:, 0] - own
    return loss.mean() + (model.coef_ ** 2).sum() / (2 * len(y))


TABLES = {
    "shuttle": (shuttle, ["lbfgs", "newton-cg", "saga"]),
    "w8a": (sparse("w8a", "w8a.gz", 300), ["lbfgs", "newton-cg", "newton-cholesky", "saga", "liblinear"]),
    "a9a": (sparse("a9a", "a9a.gz", 123), ["lbfgs", "newton-cg", "newton-cholesky", "saga", "liblinear"]),
}


def main():
    warnings.filterwarnings("ignore")
    data, wanted = sys.argv[1], sys.argv[2:] or list(TABLES)
    print("table,solver,seconds,objective,version,date")
    for name in wanted:
        read, solvers = TABLES[name]
        x, y = read(data)
        for solver in solvers:
            # Its sum of losses plus ||W||^2 / 2C is N times the mean plus the penalty of 1/N.
            model = LogisticRegression(C=1, solver=solver, max_iter=MOST_ITERATIONS)
            began = time.perf_counter()
            try:
                model.fit(x.toarray() if solver == "newton-cholesky" else x, y)
            except (ValueError, TypeError, np.linalg.LinAlgError) as error:
                print(f"{name},{solver}: {error}", file=sys.stderr)
                continue
            seconds = time.perf_counter() - began
            print(f"{name},{solver},{seconds:.4f},{objective(model, x, y):.9f},{sklearn.__version__},{datetime.date.today()}", flush=True)


main()

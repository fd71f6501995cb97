# Writes sklearn-curves.json: the curves of scikit-learn on rows with ties, plain and weighted.
import json
import sys

import numpy as np
import sklearn
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

random = np.random.RandomState(20261130)
score = random.randint(1, 64, 300) / 64
label = (random.rand(300) < score).astype(int)
weight = random.randint(1, 9, 300) / 4


def curves(w):
    fpr, tpr, _ = roc_curve(label, score, sample_weight=w, drop_intermediate=False)
    precision, recall, threshold = precision_recall_curve(label, score, sample_weight=w)
    return {
        "fpr": fpr.tolist(), "tpr": tpr.tolist(),
        "precision": precision[:-1].tolist(), "recall": recall[:-1].tolist(), "threshold": threshold.tolist(),
        "roc_auc": roc_auc_score(label, score, sample_weight=w),
        "average_precision": average_precision_score(label, score, sample_weight=w),
    }


json.dump({
    "about": f"scikit-learn {sklearn.__version__}; script Golden/sklearn-curves.py; precision, recall and threshold by rising threshold",
    "label": label.tolist(), "score": score.tolist(), "weight": weight.tolist(),
    "plain": curves(None), "weighted": curves(weight),
}, sys.stdout)

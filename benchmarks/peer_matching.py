"""Invented filings in another package (run in an environment of its own): prints seconds, pairs found, precision, recall.

    peer_matching.py splink|recordlinkage|dedupe RECORDS.csv TRUTH.csv
"""

import itertools
import random
import sys
import time

import pandas as pd

package, records_path, truth_path = sys.argv[1:]
frame = pd.read_csv(records_path, dtype=str)
frame["company"] = frame["applicant_name"].str.replace(r"\b(LLC|Holdings|Land|Co|Acquisitions|Development|Partners|LP|Infra|I)\b", "",
                                                        regex=True).str.strip()
truth = {tuple(sorted(p)) for p in pd.read_csv(truth_path, dtype=str).to_numpy().tolist()}
FIELDS = ["company", "project_name", "contact_or_agent", "engineer", "ramp_mark", "requested_mw", "requested_in_service"]
KEYS = [["company"], ["ramp_mark"], ["project_name", "requested_mw"], ["project_name", "contact_or_agent"],
        ["contact_or_agent", "engineer", "requested_in_service"], ["requested_mw", "requested_in_service"]]


def splink():
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink.comparison_library import ExactMatch

    api = DuckDBAPI()
    settings = SettingsCreator(link_type="dedupe_only", unique_id_column_name="request_id",
                               comparisons=[ExactMatch(f) for f in FIELDS], blocking_rules_to_generate_predictions=[
                                   block_on(*k) for k in KEYS])
    linker = Linker(api.register(frame), settings)
    linker.training.estimate_probability_two_random_records_match([block_on("company", "ramp_mark")], recall=0.1)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("ramp_mark"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("company"))
    found = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    return set(map(tuple, map(sorted, found[["request_id_l", "request_id_r"]].to_numpy().tolist())))


def recordlinkage():
    import recordlinkage as rl

    indexed = frame.set_index("request_id")
    index = rl.Index()
    for key in KEYS:
        index.block(left_on=key, right_on=key)
    pairs = index.index(indexed)
    compare = rl.Compare()
    for field in FIELDS:
        compare.exact(field, field, label=field)
    features = compare.compute(pairs, indexed)
    links = rl.ECMClassifier().fit_predict(features)
    return {tuple(sorted(p)) for p in links}


def dedupe():
    import dedupe as dd

    random.seed(1)
    data = {r["request_id"]: {f: (r[f] if isinstance(r[f], str) else None) for f in FIELDS} for r in frame.to_dict("records")}
    machine = dd.Dedupe([dd.variables.Exact(f, has_missing=True) for f in FIELDS], num_cores=1)
    machine.prepare_training(data, sample_size=500)
    same = random.sample(sorted(truth), 100)  # it learns from labels; these are given to it
    other = [p for p in itertools.islice(((random.choice(list(data)), random.choice(list(data))) for _ in range(10_000)), 400)
             if tuple(sorted(p)) not in truth and p[0] != p[1]]
    machine.mark_pairs({"match": [(data[a], data[b]) for a, b in same], "distinct": [(data[a], data[b]) for a, b in other]})
    machine.train(recall=0.8)
    clusters = machine.partition(data, 0.5)
    return {tuple(sorted(p)) for ids, _ in clusters for p in itertools.combinations(ids, 2)}


start = time.perf_counter()
got = {"splink": splink, "recordlinkage": recordlinkage, "dedupe": dedupe}[package]()
seconds = time.perf_counter() - start
hit = len(got & truth)
print("RESULT", seconds, len(got), hit / max(len(got), 1), hit / len(truth))

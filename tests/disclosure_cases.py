"""Disclosure files of the tests."""

import copy

LEI = "529900T8BM49AURSDO55"
MICA = {
    "entity": {"name": "Example & Söhne <GmbH>", "lei": LEI},
    "asset": {"name": "Token", "consensus": "Proof of stake."},
    "period": {"start": "2025-01-01", "end": "2025-12-31"},
    "published": "2026-03-01",
    "fields": {"S5": "Fees.", "S8": {"kwh": 400_000}, "S9": "Counted."},
}
TABLE_3 = {
    "S10": {"percent": 42.6},
    "S11": {"kwh": 0.000166},
    "S12": {"t_co2e": 1},
    "S13": {"t_co2e": 2},
    "S14": {"kg_co2e": 0.00012},
    "S15": "Survey.",
    "S16": "Survey.",
}
EED = {
    "reporting_year": 2025,
    "name": "One",
    "owner": "O",
    "operator": "P",
    "lau_code": "DE_09162000",
    "type": "enterprise",
    "structure": "structure",
    "entry_into_operation": "2021-03",
    "redundancy_high_voltage": "N",
    "redundancy_low_voltage": "N+1",
    "redundancy_rack": "2N",
    "cooling_redundancy_room": "N+2",
    "cooling_redundancy_rack": "N",
    "installed_it_kw": 2500,
    "S_DC_m2": 6000,
    "S_CR_m2": 2500,
    "E_DC_kwh": 10_000_000,
    "E_DC_BG_kwh": 0,
    "E_IT_kwh": 8_000_000,
    "grid_functions": "none",
    "C_BtG_kw": 0,
    "W_IN_m3": 12_000,
    "W_IN_POT_m3": 9_000,
    "E_REUSE_kwh": 1_500_000,
    "T_WH_c": 32,
    "T_IN_c": 24,
    "refrigerants": "R-1234ze",
    "CDD": 120,
    "E_RES_TOT_kwh": 6_000_000,
    "E_RES_GOO_kwh": 2_000_000,
    "E_RES_PPA_kwh": 3_000_000,
    "E_RES_OS_kwh": 1_000_000,
    "C_SERV": 41_000,
    "C_SERV_coverage_pct": 92,
    "C_STOR_pb": 80,
    "C_STOR_coverage_pct": 92,
    "B_IN_gb_per_s": 40,
    "B_OUT_gb_per_s": 60,
    "T_IN_eb": 0.2,
    "T_OUT_eb": 0.4,
}


def mica(fields=None, **more):
    """Plain data of a disclosure, fields added (None takes one out)."""
    data = {**copy.deepcopy(MICA), **more}
    given = {**data["fields"], **(fields or {})}
    data["fields"] = {k: v for k, v in given.items() if v is not None}
    return data


def eed(**more):
    """Plain data of a data centre, values changed (None takes one out)."""
    return {k: v for k, v in {**EED, **more}.items() if v is not None}

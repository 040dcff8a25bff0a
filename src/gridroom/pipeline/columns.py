"""What a column of a table of requests means: the record's fields, other names for them, and their part in matching.

The fields are those of one large-load request. A table need not use these names: spreadsheets of utilities, queue editions and
atlases of sites are read by the other names listed here, or by a mapping that the user gives.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the record.

    Attributes
    ----------
    name : str
        Name in gridroom, with its unit.
    kind : str
        `id`, `text`, `word`, `number`, `date`, `year`, `ramp`, `list`.
    part : str
        Part in matching: `party`, `name`, `place`, `mark`, `size`, `when`, `geo`, or empty.
    meaning : str
        One line for the template.
    others : tuple of str
        Other names under which it is met.
    """

    name: str
    kind: str
    part: str
    meaning: str
    others: tuple[str, ...] = ()


FIELDS = (
    Field("request_id", "id", "", "the request's own number; stays the same from snapshot to snapshot",
          ("record_id", "id", "request", "request_no", "request_number", "queue_id", "queue_no", "queue_number", "q_id",
           "project_id", "request_ref", "reference", "ref", "ref_no", "no", "number", "req_id", "request_id_no")),
    Field("snapshot_date", "date", "", "the day on which this row was true", ("as_of", "snapshot", "report_date", "data_date")),
    Field("provider", "word", "place", "utility or operator asked for the connection",
          ("utility", "entity", "transmission_owner", "to", "tsp", "tdsp", "iso", "rto", "pto", "company_area", "serving_utility",
           "electric_utility", "utility_name", "balancing_authority")),
    Field("zone", "word", "place", "load zone, or a gridroom region", ("region", "load_zone", "study_area", "area_name",
                                                                      "planning_region")),
    Field("state", "word", "place", "two letters", ("st", "state_code", "us_state", "state_name")),
    Field("county", "word", "place", "county or parish", ("county_1", "parish", "county_name", "county_parish")),
    Field("location", "text", "place", "address, city or place in words", ("address", "city", "town", "place", "site_address")),
    Field("latitude", "number", "geo", "degrees north", ("lat",)),
    Field("longitude", "number", "geo", "degrees east (negative in the US)", ("lon", "lng", "long")),
    Field("poi", "text", "place", "point of interconnection", ("poi_name", "point_of_interconnection", "substation",
                                                              "interconnection_point", "poi_location")),
    Field("applicant_name", "text", "party", "who asks; often a shell company",
          ("entity_name", "applicant", "customer", "customer_name", "company", "company_name", "requester", "applicant_entity",
           "requestor")),
    Field("parent_name", "text", "party", "the company behind, where disclosed",
          ("sponsor_disclosed", "sponsor", "parent", "owner", "end_user", "parent_company", "ultimate_parent", "tenant")),
    Field("developer", "text", "party", "who develops or runs it", ("operator", "developer_name", "operator_name")),
    Field("project_name", "text", "name", "project or code name", ("name", "project", "site_name", "title", "campus", "site",
                                                                  "code_name", "project_title")),
    Field("contact_or_agent", "text", "mark", "registered agent, counsel or contact",
          ("agent", "contact", "registered_agent", "counsel", "contact_name", "attorney")),
    Field("engineer", "text", "mark", "engineer of the study or design", ("engineering_firm", "consultant", "engineer_of_record")),
    Field("load_type", "word", "mark", "data centre, crypto, industry", ("type", "segment", "type_clean", "customer_type",
                                                                       "end_use", "load_class")),
    Field("requested_mw", "number", "size", "what is asked for at full ramp [MW]",
          ("mw", "load_mw", "capacity_mw", "announced_load_mw", "mw_requested", "request_mw", "size_mw", "demand_mw", "peak_mw",
           "mw_total", "load", "size", "requested_load", "requested_capacity", "demand", "capacity", "requested", "max_load",
           "peak_load", "contract_capacity", "load_request")),
    Field("ramp", "ramp", "mark", "year:MW steps, as 2028:100;2030:300", ("load_ramp", "ramp_schedule", "schedule")),
    Field("ramp_mark", "text", "mark", "fingerprint of a ramp that is not disclosed", ("ramp_shape",)),
    Field("requested_in_service", "date", "when", "day on which power is asked for",
          ("in_service", "in_service_year", "in_service_date", "isd", "req_isd", "requested_isd", "cod", "initial_in_service",
           "energization_date", "energisation_date", "requested_energization_date", "proposed_on_date", "date_needed", "need_date",
           "requested_date", "target_date", "start_date", "in_service_requested", "requested_in_service_date",
           "desired_in_service", "desired_in_service_date", "online_date")),
    Field("filed_on", "date", "when", "day of filing", ("filed", "q_date", "date_received", "application_date", "submitted",
                                                       "date_filed", "filing_date", "received", "request_date",
                                                       "date_submitted", "date_queue", "queue_date", "applied_on")),
    Field("queue_year", "year", "when", "year of entry", ("q_year", "year", "entry_year", "filed_year")),
    Field("stage", "word", "", "inquiry, study requested, study complete, engineering, construction or service agreement",
          ("project_stage", "phase_of_process", "status_stage", "milestone", "process_stage", "study_status", "stage_name")),
    Field("stage_date", "date", "", "since when in this stage", ("stage_since",)),
    Field("security_posted_usd_per_mw", "number", "", "security posted [USD/MW]", ("security", "deposit", "security_posted",
                                                                                  "deposit_usd_per_mw")),
    Field("site_control", "word", "", "yes or no", ("land_control",)),
    Field("equipment_on_order", "word", "", "yes or no", ("equipment",)),
    Field("on_site_generation_mw", "number", "", "own generation [MW]", ("btm_mw", "onsite_generation_mw", "behind_the_meter_mw")),
    Field("curtailable_mw", "number", "", "load that gives way [MW]", ("interruptible_mw", "flexible_mw")),
    Field("status", "word", "", "active, withdrawn or energised", ("q_status", "request_status", "current_status")),
    Field("status_date", "date", "", "day of the status", ("withdrawn_on", "wd_date", "date_withdrawn", "energised_on",
                                                          "energized_on")),
    Field("observed_peak_mw", "number", "", "highest load seen so far [MW]", ("actual_peak_mw", "metered_peak_mw")),
    Field("relation", "word", "", "duplicate, alternative, successor, phase, split or expansion, where known", ("relationship",)),
    Field("related_to", "id", "", "the other request's id", ("related_request", "related_id", "related")),
    Field("sites_needed", "number", "", "how many of the alternatives are wanted (1)", ("needs_sites",)),
    Field("source", "text", "", "where the row was read", ("data_source",)),
    Field("claim_class", "word", "", "measured, published, derived or assumed", ("claim",)),
    Field("area_m2", "number", "size", "footprint [m2]", ("footprint_m2", "area", "sqft", "area_sqft")),
    Field("parts", "number", "size", "buildings or features", ("n_features", "buildings")),
)
BY_NAME = {field.name: field for field in FIELDS}
MANDATORY = ("request_id", "provider", "state", "requested_mw", "requested_in_service")
_OTHERS = {other: field.name for field in FIELDS for other in (field.name, *field.others)}
UNIT_WORDS = {"mw", "kw", "gw", "mva", "usd"}


def plain_name(header: str) -> str:
    """Header in lower case with underscores: `Load (MW)` becomes `load_mw`."""
    return re.sub(r"[^0-9a-z]+", "_", str(header).lower()).strip("_")


def field_of(header: str) -> str | None:
    """Field that a header names, or None.

    Words in brackets and units count only if the whole does not name a field.
    """
    plain = plain_name(header)
    if plain in _OTHERS:
        return _OTHERS[plain]
    bare = plain_name(re.sub(r"\(.*?\)|\[.*?\]", " ", str(header)))
    if bare in _OTHERS:
        return _OTHERS[bare]
    words = [word for word in plain.split("_") if word not in UNIT_WORDS]
    return _OTHERS.get("_".join(words))

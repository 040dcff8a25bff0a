"""Tables about disclosure: the fields of MiCA's sustainability annex and of the EU data-centre regulation, and dated rules of several laws.

Typed from the facts on digital assets, heat and disclosure, which name what was read and where. What they mark as remembered is `assumed`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from common import write

NA = np.nan
# code, table, name, kind, unit shown, unit tagged, concept (empty: not known to us), field that names its sources
FIELDS = [
    ("S1", 2, "Name", "text", "", "", "", ""),
    ("S2", 2, "Relevant legal entity identifier", "text", "", "", "", ""),
    ("S3", 2, "Name of the crypto-asset", "text", "", "", "NameOfCryptoAssetSustainability", ""),
    ("S4", 2, "Consensus mechanism", "text", "", "", "ConsensusMechanismSustainabilityExplanatory", ""),
    ("S5", 2, "Incentive mechanisms and applicable fees", "text", "", "", "", ""),
    ("S6", 2, "Beginning of the period to which the information relates", "date", "", "", "BeginningOfPeriodToWhichDisclosedInformationRelates", ""),
    ("S7", 2, "End of the period to which the information relates", "date", "", "", "EndOfPeriodToWhichDisclosedInformationRelates", ""),
    ("S8", 2, "Energy consumption", "decimal", "kWh", "kWh", "EnergyConsumption", "S9"),
    ("S9", 2, "Energy consumption sources and methodologies", "text", "", "", "DescriptionOfEnergyConsumptionSourcesAndMethodologiesExplanatory", ""),
    ("S10", 3, "Renewable energy consumption", "share", "%", "pure", "RenewableEnergyConsumptionPercentage", "S15"),
    ("S11", 3, "Energy intensity", "decimal", "kWh per transaction", "kWh", "EnergyIntensity", "S15"),
    ("S12", 3, "Scope 1 DLT GHG emissions - Controlled", "decimal", "tCO2e", "tCO2", "Scope1DLTGHGEmissionsControlled", "S16"),
    ("S13", 3, "Scope 2 DLT GHG emissions - Purchased", "decimal", "tCO2e", "tCO2", "Scope2DLTGHGEmissionsPurchased", "S16"),
    ("S14", 3, "GHG intensity", "decimal", "kgCO2e per transaction", "tCO2", "GHGIntensity", "S16"),
    ("S15", 3, "Key energy sources and methodologies", "text", "", "", "", ""),
    ("S16", 3, "Key GHG sources and methodologies", "text", "", "", "DescriptionOfKeyGHGSourcesAndMethodologiesExplanatory", ""),
    ("S17", 4, "Energy mix", "mix", "%", "pure", "", "S33"),
    ("S18", 4, "Energy use reduction", "decimal", "kWh", "kWh", "", "S33"),
    ("S19", 4, "Carbon intensity", "decimal", "kgCO2e/kWh", "", "", "S34"),
    ("S20", 4, "Scope 3 DLT GHG emissions - Value chain", "decimal", "tCO2e", "tCO2", "", "S34"),
    ("S21", 4, "GHG emissions reduction targets or commitments", "text", "", "", "", "S34"),
    ("S22", 4, "Generation of waste electrical and electronic equipment (WEEE)", "decimal", "t", "t", "", "S35"),
    ("S23", 4, "Non-recycled WEEE ratio", "share", "%", "pure", "", "S35"),
    ("S24", 4, "Generation of hazardous waste", "decimal", "t", "t", "", "S35"),
    ("S25", 4, "Generation of waste (all types)", "decimal", "t", "t", "", "S35"),
    ("S26", 4, "Non-recycled waste ratio (all types)", "share", "%", "pure", "", "S35"),
    ("S27", 4, "Waste intensity (all types)", "decimal", "g per transaction", "", "", "S35"),
    ("S28", 4, "Waste reduction targets or commitments (all types)", "text", "", "", "", "S35"),
    ("S29", 4, "Impact of the use of equipment on natural resources", "text", "", "", "", "S36"),
    ("S30", 4, "Natural resources use reduction targets or commitments", "text", "", "", "", "S36"),
    ("S31", 4, "Water use", "decimal", "m3", "m3", "", "S36"),
    ("S32", 4, "Non recycled water ratio", "share", "%", "pure", "", "S36"),
    ("S33", 4, "Other energy sources and methodologies", "text", "", "", "", ""),
    ("S34", 4, "Other GHG sources and methodologies", "text", "", "", "", ""),
    ("S35", 4, "Waste sources and methodologies", "text", "", "", "", ""),
    ("S36", 4, "Natural resources sources and methodologies", "text", "", "", "", ""),
]

# key in the file, symbol of the regulation, name, kind, unit, annex, could be left out in the first report (Art. 3(2)), rule in short
A1, A2 = "Annex I", "Annex II"
EED = [
    ("name", "", "Name of the data centre", "text", "", A1, False, ""),
    ("owner", "", "Owner, with contact details", "text", "", A1, False, ""),
    ("operator", "", "Operator, with contact details", "text", "", A1, False, ""),
    ("lau_code", "", "Location, LAU code", "text", "", A1, False, "latest Eurostat table"),
    ("type", "", "Type", "enterprise|colocation|co-hosting", "", A1, False, ""),
    ("structure", "", "Structure or group of structures", "structure|group", "", A1, False, ""),
    ("entry_into_operation", "", "Year and month of entry into operation", "month", "", A1, False, "YYYY-MM"),
    ("redundancy_high_voltage", "", "Electrical redundancy, high voltage", "redundancy", "", A1, False, ""),
    ("redundancy_low_voltage", "", "Electrical redundancy, low voltage (line-up)", "redundancy", "", A1, False, ""),
    ("redundancy_rack", "", "Electrical redundancy, rack", "redundancy", "", A1, False, ""),
    ("cooling_redundancy_room", "", "Cooling redundancy, room", "redundancy", "", A1, False, ""),
    ("cooling_redundancy_rack", "", "Cooling redundancy, rack", "redundancy", "", A1, False, ""),
    ("installed_it_kw", "PD_IT", "Installed IT power demand", "number", "kW", A2, False, "sum of nominal demand; else rated IT load, and say so"),
    ("S_DC_m2", "S_DC", "Total floor area", "number", "m2", A2, False, ""),
    ("S_CR_m2", "S_CR", "Computer-room floor area", "number", "m2", A2, False, ""),
    ("E_DC_kwh", "E_DC", "Total energy consumption", "number", "kWh", A2, True, "before the transfer switchgear; fuels for cooling included"),
    ("E_DC_BG_kwh", "E_DC-BG", "Of it from back-up generators", "number", "kWh", A2, True, "metered apart"),
    ("E_IT_kwh", "E_IT", "IT equipment energy", "number", "kWh", A2, True, "PUE category 1: every UPS that feeds IT"),
    ("grid_functions", "", "Electrical grid functions", "text", "", A2, False, "or no"),
    ("C_BtG_kw", "C_BtG", "Average battery capacity offered to the grid", "number", "kW", A2, False, "offered, not installed; kW, not kWh"),
    ("W_IN_m3", "W_IN", "Total water input", "number", "m3", A2, True, "EN 50600-4-9 category 2, else 1; say which"),
    ("W_IN_POT_m3", "W_IN-POT", "Potable water input", "number", "m3", A2, True, ""),
    ("E_REUSE_kwh", "E_REUSE", "Waste heat reused", "number", "kWh", A2, True, "used outside the boundary"),
    ("T_WH_c", "T_WH", "Average waste-heat temperature", "number", "degC", A2, True, ""),
    ("T_IN_c", "T_IN", "Average set point of IT intake air", "number", "degC", A2, True, "the regulation uses the same symbol for traffic"),
    ("refrigerants", "", "Types of refrigerants", "text", "", A2, False, ""),
    ("CDD", "CDD", "Cooling degree days", "number", "degree-days", A2, False, "base 21 degC, open source data"),
    ("E_RES_TOT_kwh", "E_RES-TOT", "Renewable energy", "number", "kWh", A2, True, "= GOO + PPA + OS"),
    ("E_RES_GOO_kwh", "E_RES-GOO", "Of it guarantees of origin, retired", "number", "kWh", A2, True, ""),
    ("E_RES_PPA_kwh", "E_RES-PPA", "Of it power purchase agreements", "number", "kWh", A2, True, ""),
    ("E_RES_OS_kwh", "E_RES-OS", "Of it on-site renewables", "number", "kWh", A2, True, ""),
    ("C_SERV", "C_SERV", "Server capacity", "number", "SERT", A2, False, "state at 31 December; servers installed after 6 June 2024 at least"),
    ("C_SERV_coverage_pct", "", "Share of the computer rooms that C_SERV covers", "number", "%", A2, False, ""),
    ("C_STOR_pb", "C_STOR", "Storage capacity", "number", "PB", A2, False, "raw SSD and HDD; state at 31 December; new devices after 6 June 2024 at least; colocation may extrapolate from 90 %"),
    ("C_STOR_coverage_pct", "", "Share of the computer rooms that C_STOR covers", "number", "%", A2, False, ""),
    ("B_IN_gb_per_s", "B_IN", "Provisioned bandwidth, in", "number", "GB/s", A2, False, "gigabytes a second"),
    ("B_OUT_gb_per_s", "B_OUT", "Provisioned bandwidth, out", "number", "GB/s", A2, False, ""),
    ("T_IN_eb", "T_IN", "Data traffic, in", "number", "EB", A2, False, "total of the year"),
    ("T_OUT_eb", "T_OUT", "Data traffic, out", "number", "EB", A2, False, ""),
]
# What the annexes ask to be said beside a field; not counted as missing here, but the report notes it.
SAID = [
    ("installed_it_metric", "PD_IT", "Which power demand PD_IT is", "nominal|rated", "", A2, "nominal demand of the equipment, or the rated IT load"),
    ("W_IN_category", "W_IN", "Category of W_IN in EN 50600-4-9", "1|2", "", A2, "2, else 1"),
    ("E_IT_measured_at", "E_IT", "Where E_IT is measured without UPS", "text", "", A2, "PDU, or another point"),
    ("also_colocates", "", "Whether a co-hosting centre also colocates, or the reverse", "yes|no", "", A1, ""),
    ("operated_from", "", "First month of operation inside the year, if it is less than a year", "month", "", A1, "YYYY-MM"),
]

MICA, OJ422 = "Delegated Regulation (EU) 2025/422", "2025-04-20"
DCR, DCR_FROM = "Delegated Regulation (EU) 2024/1364", "2024-06-06"
ENEFG, TEX = "EnEfG", "Texas Utilities Code"
DRAFT, BILL = "ministry draft of 9 April 2026 (taylorwessing.com)", "cabinet bill of 24 June 2026 (it-daily.net; international.eco.de)"
# part of ISO/IEC 30134, name, edition, European twin, edition that law cites, claim of the twin and edition
STANDARDS = [
    ("30134-1", "Overview and general requirements", "2016", "EN 50600-4-1", "", "assumed"),
    ("30134-2", "Power usage effectiveness (PUE)", "2026, second edition", "EN 50600-4-2", "2019-08", "published"),
    ("30134-3", "Renewable energy factor (REF)", "2016 with amendment 2018", "EN 50600-4-3", "2020-11", "published"),
    ("30134-4", "IT equipment energy efficiency for servers (ITEEsv)", "2017", "EN 50600-4-4", "", "assumed"),
    ("30134-5", "IT equipment utilisation for servers (ITEUsv)", "2017", "EN 50600-4-5", "", "assumed"),
    ("30134-6", "Energy reuse factor (ERF)", "2021", "EN 50600-4-6", "2020-11", "published"),
    ("30134-7", "Cooling efficiency ratio (CER), electric cooling only", "2023", "EN 50600-4-7", "2020-08", "published"),
    ("30134-8", "Carbon usage effectiveness (CUE)", "2022", "EN 50600-4-8", "", "assumed"),
    ("30134-9", "Water usage effectiveness (WUE)", "2022", "EN 50600-4-9", "", "assumed"),
]

# rule, key, subject, value, unit, citation, valid_from, valid_to, status, claim, note
RULES = [
    # MiCA
    ("mica_supplementary", "energy", "any", 500_000, "kWh", f"{MICA} Art. 4, 5", OJ422, "", "in force", "published", "exceeds; white papers always, providers with a service of Art. 3(1)(16)(b), (c) or (d) only"),
    ("mica_update", "white_paper", "any", NA, "", f"{MICA} Art. 2", OJ422, "", "in force", "published", "reviewed on a regular basis; no fixed interval"),
    ("mica_update", "provider", "any", 1, "years", f"{MICA} Art. 3", OJ422, "", "in force", "published", "at least annually; material changes without undue delay; dates of publication and last update shown"),
    ("mica_offsets", "any", "any", NA, "", f"{MICA} Art. 6(6)", OJ422, "", "in force", "published", "offsets never deducted; may be named in the sources field"),
    ("mica_deviations", "any", "any", NA, "", f"{MICA} Art. 6(5)", OJ422, "", "in force", "published", "energy and emission fields follow ESRS E1; deviations are explained"),
    ("mica_voluntary", "any", "any", NA, "", f"{MICA} Art. 6(8)", OJ422, "", "in force", "published", "gap method, datasets, provider and link; what is left out is stated clearly"),
    ("mica_estimates", "any", "any", NA, "", f"{MICA} Art. 6(7)", OJ422, "", "in force", "published", "missing data estimated on best efforts; say which fields are estimates, method and assumptions"),
    ("mica_ixbrl", "white_paper", "any", NA, "", "Implementing Regulation (EU) 2024/2984", "2025-12-23", "", "in force", "published", "white papers notified from this day as one XHTML file with inline XBRL (regscope; micahub.net)"),
    # EU data centres
    ("eed_scope", "installed_it_kw", "any", 500, "kW", f"{DCR} Art. 1", DCR_FROM, "", "in force", "published", "at least"),
    ("eed_deadline", "first", "any", 20240915, "YYYYMMDD", f"{DCR} Art. 3(1)", DCR_FROM, "2024-09-16", "in force", "published", "15 September 2024, for the year 2023"),
    ("eed_deadline", "yearly", "any", 515, "MMDD", f"{DCR} Art. 3(1)", "2024-09-16", "", "in force", "published", "15 May each year, for the calendar year before"),
    ("eed_omission", "first_report", "any", NA, "", f"{DCR} Art. 3(2)", DCR_FROM, "2024-09-16", "in force", "published", "some indicators could be left out of the first report with a technical reason"),
    ("eed_omission", "colocation_capacity", "any", NA, "", f"{DCR} Art. 3(3)", DCR_FROM, "2025-05-16", "in force", "published", "colocation: C_SERV, C_STOR for a stated share of the floor in the first two reports"),
    ("eed_records", "any", "any", 10, "years", f"{DCR} Annex II", DCR_FROM, "", "in force", "published", "measurement points and devices are recorded and kept"),
    ("eed_confidential", "any", "any", NA, "", f"{DCR} Art. 5(5)", DCR_FROM, "", "in force", "published", "individual values are confidential; the public sees aggregates"),
    ("eed_publication", "least_in_class", "any", 3, "data centres", f"{DCR} Annex IV", DCR_FROM, "", "in force", "published", "for splits at national level"),
    *[("eed_size_class", name, "any", kw, "kW", f"{DCR} Annex IV", DCR_FROM, "", "in force", "published", "lower end of the class, IT power") for name, kw in
      (("100 to 500 kW (very small)", 100), ("500 to 1,000 kW", 500), ("1 to 2 MW", 1000), ("2 to 10 MW", 2000), ("above 10 MW", 10000))],
    ("eed_waste_heat", "rated_input_mw", "any", 1, "MW", "Directive (EU) 2023/1791 Art. 26(6)", "2023", "", "in force", "assumed", "above it waste heat is to be used unless not technically or economically feasible; number of the article remembered"),
    ("eed_label", "any", "any", NA, "", "draft Ares(2026)3247482 of 26 March 2026", "2026-03-26", "", "draft", "published", "label with PUE and WUE classes issued by the database; no adopted text found; classes not known"),
    # Germany
    ("enefg_scope", "non_redundant_kw", "law", 300, "kW", f"{ENEFG} section 3 no. 24", "2023", "", "in force", "published", "from; non-redundant rated connection; network nodes excluded"),
    ("enefg_pue_existing", "2027-07-01", "law", 1.5, "1", f"{ENEFG} section 11(1)", "2023", "", "in force", "published", "in operation before 1 July 2026; annual mean, lasting"),
    ("enefg_pue_existing", "2030-07-01", "law", 1.3, "1", f"{ENEFG} section 11(1)", "2023", "", "in force", "published", "in operation before 1 July 2026"),
    ("enefg_pue_new", "2026-07-01", "law", 1.2, "1", f"{ENEFG} section 11(2)", "2023", "", "in force", "published", "plant used only to upgrade waste heat is left out"),
    ("enefg_erf_new", "2026-07-01", "law", 0.10, "1", f"{ENEFG} section 11(2)", "2023", "", "in force", "published", ""),
    ("enefg_erf_new", "2027-07-01", "law", 0.15, "1", f"{ENEFG} section 11(2)", "2023", "", "in force", "published", "planned share"),
    ("enefg_erf_new", "2028-07-01", "law", 0.20, "1", f"{ENEFG} section 11(2)", "2023", "", "in force", "published", "planned share"),
    ("enefg_years_after_start", "any", "law", 2, "years", f"{ENEFG} section 11(2)", "2023", "", "in force", "published", "new centres: met at the latest so long after commissioning"),
    ("enefg_renewable", "2024-01-01", "law", 0.50, "1", f"{ENEFG} section 11(5)", "2023", "", "in force", "published", "of electricity, by the balance sheet"),
    ("enefg_renewable", "2027-01-01", "law", 1.00, "1", f"{ENEFG} section 11(5)", "2023", "", "in force", "published", "of electricity, by the balance sheet"),
    ("enefg_erf_exempt", "any", "law", NA, "", f"{ENEFG} section 11(3)", "2023", "", "in force", "published", "from the reused share alone: later events without fault; an agreement with a nearby municipality or network to meet it within ten years; a network that does not accept within six months an offer at cost"),
    ("enefg_customers", "any", "law", NA, "", f"{ENEFG} section 15", "2023", "", "in force", "published", "yearly energy told to each customer"),
    ("enefg_waste_heat", "gwh_per_year", "law", 2.5, "GWh/year", f"{ENEFG} sections 16, 17", "2023", "", "in force", "published", "above: waste heat avoided or used where reasonable, platform report by 31 March"),
    ("enefg_fines", "any", "law", 100_000, "EUR", f"{ENEFG} section 19", "2023", "", "in force", "published", "up to: wrong PUE or ERF, no management system; 50,000 for reporting"),
    ("enefg_report", "any", "law", NA, "", f"{ENEFG} section 13, Annex 3", "2023", "", "in force", "published", "published and reported by 31 March for the year before"),
    ("enefg_management", "certified_kw", "law", 1000, "kW", f"{ENEFG} section 12", "2023", "", "in force", "published", "energy management since July 2025; free if half of the reused energy goes to a network and use is at most 7.5 GWh a year, or if closed before July 2027; validated or certified since January 2026 (public sector 300 kW, IT operators 500 kW)"),
    ("enefg_pue_existing", "2027-07-01", "draft", 1.6, "1", DRAFT, "2026-04-09", "", "draft", "published", ""),
    ("enefg_pue_existing", "2030-07-01", "draft", 1.4, "1", DRAFT, "2026-04-09", "", "draft", "published", ""),
    ("enefg_pue_new", "2026-07-01", "draft", 1.3, "1", DRAFT, "2026-04-09", "", "draft", "published", "no heat duty where no feasible network within 5 km"),
    ("enefg_renewable", "2024-01-01", "draft", 0.50, "1", DRAFT, "2026-04-09", "", "draft", "published", "kept as in the law"),
    ("enefg_renewable", "2027-01-01", "draft", 1.00, "1", DRAFT, "2026-04-09", "", "draft", "published", "kept as in the law"),
    ("enefg_erf_new", "2026-07-01", "draft", NA, "1", DRAFT, "2026-04-09", "", "draft", "published", "no duty where no feasible network lies within 5 km: depends on the place"),
    ("enefg_erf_new", "2026-07-01", "bill", NA, "1", BILL, "2026-06-24", "", "bill", "published", "duty only where a suitable network exists: depends on the place"),
    ("enefg_years_after_start", "any", "bill", 4, "years", BILL, "2026-06-24", "", "bill", "published", "no vote of the Bundestag found"),
    ("enefg_pue_new", "2026-07-01", "bill", 1.2, "1", BILL, "2026-06-24", "", "bill", "published", "as the industry association reads it"),
    ("enefg_renewable", "2024-01-01", "bill", 0.50, "1", BILL, "2026-06-24", "", "bill", "derived", "as the law"),
    ("enefg_renewable", "2030-01-01", "bill", 1.00, "1", BILL, "2026-06-24", "", "bill", "published", "three years later than the law"),
    ("enefg_pue_existing", "not known", "bill", NA, "1", BILL, "2026-06-24", "", "bill", "published", "values of existing centres were not seen"),
    # Japan
    ("japan_pue", "benchmark", "any", 1.4, "1", "Energy Conservation Act, benchmark since 1 April 2022", "2022-04-01", "", "in force", "published", "level of the top 15 %; operator-wide mean over all sites; report by end of July; names of those who reach it are published; above 1,500 kL of crude equivalent a year, about 16,000 MWh"),
    ("japan_pue", "new_from_fy2029", "any", 1.3, "1", "announced duty (uptimeinstitute update 443; itmedia.co.jp 2025-01-24)", "2025-01-24", "", "announced", "published", "centres built from fiscal 2029, some time after start; enterprise centres seem exempt; the final ordinance was not seen"),
    ("japan_pue", "target_date", "any", 20310331, "YYYYMMDD", "Energy Conservation Act, benchmark since 1 April 2022", "2022-04-01", "", "in force", "published", "end of fiscal 2030"),
    ("japan_pue", "new_start", "any", 20290401, "YYYYMMDD", "announced duty (uptimeinstitute update 443; itmedia.co.jp 2025-01-24)", "2025-01-24", "", "announced", "published", "beginning of fiscal 2029"),
    # Texas
    ("tx_sb1929", "mw", "any", 75, "MW", f"{TEX} 39.360 (SB 1929, 2023)", "2023", "", "in force", "published", "more than; mining facility, interruptible; registers within one business day: location, five-year demand"),
    ("tx_sb1929", "fine", "any", 25_000, "USD/day", "PUCT rule of 21 November 2024", "2024-11-21", "", "in force", "published", "up to, for each violation; owner and prior-year use too; existing facilities by 1 February 2025, renewed yearly (ritzynews.com; vcpcrypto.com)"),
    ("tx_sb6", "mw", "any", 75, "MW", f"{TEX} 37.0561(a)-(c) (SB 6)", "2025-06-20", "", "in force", "published", "exceeds, at a single site: new or expanded interconnection in ERCOT, successors included; the commission may set less"),
    ("tx_sb6", "disclose_elsewhere", "any", NA, "", f"{TEX} 37.0561(d)", "2025-06-20", "", "in force", "published", "tell the utility of a substantially similar request elsewhere in Texas that would change, delay or withdraw this one; sensitive details may be withheld; the utility passes it to the commission and ERCOT alone"),
    ("tx_sb6", "backup_share", "any", 0.5, "1", f"{TEX} 37.0561(e)", "2025-06-20", "", "in force", "published", "disclose backup that cannot export and serves at least this share of on-site demand; before or in an emergency, after every market service except frequency response, ERCOT may have it run or the load curtailed (full wording not seen)"),
    ("tx_sb6", "study_fee", "any", 100_000, "USD", f"{TEX} 37.0561(f)", "2025-06-20", "", "in force", "published", "at least, for the first screening study, again for added capacity; unused part credited (full wording not seen)"),
    ("tx_sb6", "site_control", "any", NA, "", f"{TEX} 37.0561(g), (h)", "2025-06-20", "", "in force", "published", "ownership, lease or other interest in the site; proof of financial commitment, such as security in USD/MW or a contribution; refunds along the ramp (i), (j) (full wording not seen)"),
    ("tx_sb6", "remote_curtailment", "any", NA, "", f"{TEX} 39.170", "2025-06-20", "", "in force", "published", "load at transmission voltage connected after 31 December 2025: equipment to be curtailed in firm load shed (read in notes on the enrolled text)"),
    ("tx_sb6", "reliability_service", "any", 75, "MW", f"{TEX} 39.170", "2025-06-20", "", "in force", "published", "at least; procured demand reduction with 24 h notice, closed to loads that curtail on price or already sell an ancillary service (read in notes on the enrolled text)"),
    ("tx_sb6", "not_asked", "any", NA, "", f"{TEX} 37.0561(d); mondaq.com 1653986", "2025-06-20", "", "in force", "published", "does not ask: requests in other states need not be told, (d) is about Texas alone; no broad authority of ERCOT over dispatch, limited powers under three sections (a law firm's reading)"),
    ("tx_25_194", "mw", "any", 75, "MW", "16 TAC 25.194 (Project 58481), adopted 18 September 2026", "2026-10-08", "", "in force", "published", "or more, as four public files quote the order; the order itself was not read"),
    ("tx_25_194", "study_fee", "any", 100_000, "USD", "16 TAC 25.194", "2026-10-08", "", "in force", "published", "unused part back within 60 days"),
    ("tx_25_194", "security", "any", 50_000, "USD/MW", "16 TAC 25.194", "2026-10-08", "", "in force", "published", "guarantee or letter of credit, with the intermediate agreement and disclosures, before ERCOT studies the load; then a standard agreement and a contribution to construction"),
    ("tx_sb6", "net_metering_study_days", "any", 120, "days", f"{TEX} 39.169; 16 TAC 25.205 (Project 58479)", "2025-06-20", "", "in force", "published", "existing generator with new large load: ERCOT study; the commission then has 60 days, silence approves"),
    ("tx_25_370", "any", "any", NA, "", "16 TAC 25.370 (Project 58480)", "2026-03-01", "", "in force", "published", "forecasting of large loads"),
    ("ercot_4cp", "months", "any", 4, "peaks", "ERCOT transmission cost by four coincident peaks (medium.com/foundry-digital; btcpolicy.org)", "", "", "in force", "published", "one 15-minute system peak each in June to September, billed the next year; SB 6 ordered a review (Project 58484), rule due 2026-12-31; draft report of 16 March 2026 goes towards more peaks"),
    ("ercot_4cp", "first_month", "any", 6, "month", "ERCOT transmission cost by four coincident peaks", "", "", "in force", "published", ""),
    ("ercot_4cp", "last_month", "any", 9, "month", "ERCOT transmission cost by four coincident peaks", "", "", "in force", "published", ""),
    # Other US
    ("aep_ohio", "mw", "any", 25, "MW", "PUCO 24-0508-EL-ATA, 9 July 2025", "2025-07-23", "", "in force", "published", "exceeding; new data centres, not mines as far as read; up to 12 years (4 of ramp), exit fee, proof of finances (secondary)"),
    ("aep_ohio", "billed_share", "any", 0.85, "1", "PUCO 24-0508-EL-ATA, 9 July 2025", "2025-07-23", "", "in force", "published", "of subscribed demand, at least"),
    ("va_gs5", "mw", "any", 25, "MW", "Virginia SCC, 25 November 2025 (GS-5)", "2027-01-01", "", "in force", "published", "at least; 14-year contract; up to 20 % reduction free (secondary)"),
    ("va_gs5", "load_factor", "any", 0.75, "1", "Virginia SCC, 25 November 2025 (GS-5)", "2027-01-01", "", "in force", "published", "at least"),
    ("va_gs5", "delivery_share", "any", 0.85, "1", "Virginia SCC, 25 November 2025 (GS-5)", "2027-01-01", "", "in force", "published", "of distribution and transmission demand, at least"),
    ("va_gs5", "generation_share", "any", 0.60, "1", "Virginia SCC, 25 November 2025 (GS-5)", "2027-01-01", "", "in force", "published", "of generation demand, at least"),
    ("ferc_pjm", "any", "any", NA, "", "FERC EL25-49, 18 December 2025", "2025-12-18", "", "in force", "published", "co-location: interim non-firm, firm and non-firm contract demand services; studies of net injection"),
    ("ferc_rm26_4", "mw", "any", 20, "MW", "FERC RM26-4; show-cause orders EL26-67 to -72, 18 June 2026", "2026-06-18", "", "proposed", "published", "more than, in the proposal of 23 October 2025; six RTOs to show cause instead of one national rule; ERCOT outside"),
    ("clarity", "any", "any", NA, "", "H.R. 3633, reported 1 June 2026, Calendar No. 423", "2025-07-17", "", "not enacted", "published", "House 17 July 2025, 294-134; Senate Banking 14 May 2026, 15-9; no floor vote found; market structure: SEC and CFTC, registration, custody; no provision on energy or environment in the House text or the Senate substitute (word search; the Agriculture text was not searched)"),
    ("eia_862", "any", "any", NA, "", "EIA-862 emergency survey of 82 miners", "2024-01-26", "", "withdrawn", "published", "approved 26 January 2024; restraining order in February; settled in March 2024: withdrawn, collected data destroyed"),
    ("crypto_transparency", "any", "any", NA, "", "Crypto-Asset Environmental Transparency Act, S. 5210 (2022), H.R. 1460 (2023)", "2022", "", "not enacted", "published", "earlier bills"),
    ("mining_law", "norway", "any", NA, "", "Norway, announced 20 June 2025 (mexc.co/news/13326, citing Reuters)", "2025-06-20", "", "announced", "published", "temporary ban on new data centres that mine with the most power-intensive technology"),
    ("mining_law", "russia", "any", 10, "regions", "Russia (bitcoinethereumnews.com)", "2025-01-01", "2031-03-16", "in force", "published", "mining banned in ten regions to 15 March 2031"),
    ("mining_law", "france", "any", 5, "years", "France, bill n. 1750 of 11 July 2025 (assemblee-nationale.fr)", "2025-07-11", "", "bill", "published", "trial of mining on electricity surpluses; not law as far as found"),
    ("mined_in_america", "any", "any", NA, "", "Mined in America Act, S. 4251", "2026-03-26", "", "not enacted", "published", "voluntary certification, hardware"),
]


def run(out: Path) -> None:
    write(pd.DataFrame(FIELDS, columns=["code", "table", "name", "kind", "unit", "tag_unit", "concept", "sources_field"]), out, "mica_fields.csv")
    eed = [(*row[:6], True, row[6], row[7]) for row in EED] + [(*row[:6], False, True, row[6]) for row in SAID]
    write(pd.DataFrame(eed, columns=["key", "symbol", "name", "kind", "unit", "annex", "mandatory", "first_report_optional", "rule"]), out, "eed_fields.csv")
    write(pd.DataFrame(STANDARDS, columns=["part", "name", "edition", "european", "edition_in_law", "claim"]), out, "kpi_standards.csv")
    write(pd.DataFrame(RULES, columns=["rule", "key", "subject", "value", "unit", "citation", "valid_from", "valid_to", "status", "claim", "note"]), out, "disclosure_rules.csv")

"""Tables about AI compute: accelerators, published runs, serving, defaults, households, carbon of grids, campuses, rules on large loads.

Figures typed here are read from the facts on loads; each row names its source and claim class, and what those mark as unverified is
`assumed`. Accelerators and campuses come from Epoch AI's lists (CC-BY 4.0). Measured serving figures are the few that the facts
quote; the full list of configurations states no licence and is not shipped.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from common import SHARED, write

LB_PER_MWH = 0.45359237
EPOCH_CHIPS = "Epoch AI, machine-learning hardware, 2025-12 (CC-BY 4.0)"
LEAST_PEAK = 1e14
# Dense peaks where a maker's sheet was read (FLOP/s).
SHEET = ("published", "maker's data sheet")
SHEET_PEAK = {"NVIDIA H100 SXM5 80GB": (989e12, *SHEET), "NVIDIA H800 SXM5": (989e12, "assumed", "taken as the H100's"), "NVIDIA A100 SXM4 80 GB": (312e12, *SHEET),
              "NVIDIA A100 SXM4 40 GB": (312e12, *SHEET), "NVIDIA Tesla V100 SXM2 32 GB": (125e12, *SHEET), "Google TPU v3": (123e12, "published", "arXiv 2104.10350, Table 4"),
              "Google TPU v4": (275e12, "published", "arXiv 2204.02311, App. B")}
SHORT = {"NVIDIA H100 SXM5 80GB": "H100; H100-80; H100 SXM; H100-80GB", "NVIDIA A100 SXM4 80 GB": "A100; A100-80; A100-80GB; A100 SXM",
         "NVIDIA A100 SXM4 40 GB": "A100-40; A100-40GB", "NVIDIA Tesla V100 SXM2 32 GB": "V100; V100 SXM", "NVIDIA H200 SXM": "H200",
         "NVIDIA H800 SXM5": "H800", "Amazon Trainium2": "Trainium2; Trainium 2; Trn2", "Google TPU v7 Ironwood": "TPU v7; Ironwood",
         "NVIDIA GB300 (Blackwell Ultra)": "GB300", "NVIDIA B300 (Blackwell Ultra)": "B300", "Google TPU v6e Trillium": "TPU v6e; Trillium",
         "NVIDIA HGX H20": "H20", "AMD Instinct MI300X": "MI300X", "AMD Radeon Instinct MI250X": "MI250X"}

LATIF = "arXiv 2506.14551; IEEE Access 13:61740 (2025)"
PATTERSON = "Patterson et al. 2021, arXiv 2104.10350, Table 4"
# accelerator, system W low/best/high, class and source of it; accelerator alone W low/best/high, class and source
POWER = [
    ("NVIDIA H100 SXM5 80GB", 880, 969, 1050, "measured", f"8-GPU node 7.75 kW on average, 8.4 kW at most; {LATIF}; lower end assumed",
     560, 600, 650, "measured", "600 W is a floor while training, about 100 W at checkpoints; arXiv 2503.05804; range assumed"),
    ("NVIDIA H800 SXM5", 880, 969, 1050, "assumed", "taken as the H100's", 560, 600, 650, "assumed", "taken as the H100's"),
    ("NVIDIA H200 SXM", 880, 969, 1050, "assumed", "taken as the H100's", 560, 600, 650, "assumed", "taken as the H100's"),
    ("NVIDIA A100 SXM4 80 GB", 540, 617, 690, "derived", "76 % of 6.5 kW over 8 (DGX A100 datasheet); range assumed",
     300, 340, 380, "assumed", "85 % of 400 W, as the H100"),
    ("NVIDIA A100 SXM4 40 GB", 540, 617, 690, "derived", "76 % of 6.5 kW over 8 (DGX A100 datasheet); range assumed",
     300, 340, 380, "assumed", "85 % of 400 W, as the H100"),
    ("NVIDIA Tesla V100 SXM2 32 GB", 300, 330, 360, "measured", f"{PATTERSON}; range assumed", 230, 255, 285, "assumed", "85 % of 300 W"),
    ("Google TPU v3", 245, 283, 310, "measured", PATTERSON, np.nan, np.nan, np.nan, "", ""),
    ("Google TPU v4", 350, 378.5, 410, "measured", "Chowdhery et al. 2022, arXiv 2204.02311, p. 66; range assumed", np.nan, np.nan, np.nan, "", ""),
    ("NVIDIA GB200", 1270, 1330, 1950, "derived", "76 % of 120-132 kW a rack of 72; upper end 2.93 kW a GPU at the meter (Abilene, Epoch AI) over PUE 1.14, 76 % of it (assumed)",
     950, 1020, 1100, "assumed", "85 % of 1,200 W"),
]

META2 = "Touvron et al. 2023, arXiv 2307.09288, Tables 1-2; model card"
META3 = "Llama 3.1 model card; arXiv 2407.21783"
PYTHIA = "Biderman et al. 2023, arXiv 2304.01373, Tables 1 and 5"
TDP = "hours x TDP, by construction"
A80, A40, H100, V100 = "NVIDIA A100 SXM4 80 GB", "NVIDIA A100 SXM4 40 GB", "NVIDIA H100 SXM5 80GB", "NVIDIA Tesla V100 SXM2 32 GB"
COLUMNS = ["model", "organisation", "year", "parameters", "active_parameters", "tokens", "accelerator", "count", "accelerator_hours", "printed_mfu",
           "precision", "published_energy_mwh", "published_co2_t", "energy_kind", "published_w", "published_pue", "includes", "class", "source"]
NA = np.nan
# kind: M-system, M-gpu, TDP, class, none (see docs/loads.md)
RUNS = [
    ("LLaMA 13B", "Meta", 2023, 13.0e9, NA, 1.0e12, A80, NA, 135_168, NA, "bf16", 59.5, NA, "TDP", 400, 1.1, TDP, "derived", "arXiv 2302.13971, Tables 2 and 15"),
    ("LLaMA 65B", "Meta", 2023, 65.2e9, NA, 1.4e12, A80, 2048, 1_022_362, NA, "bf16", 449.8, NA, "TDP", 400, 1.1, TDP, "derived", "arXiv 2302.13971, Tables 2 and 15"),
    ("Llama 2 7B", "Meta", 2023, 6_738_417_664, NA, 2.0e12, A80, NA, 184_320, NA, "bf16", 73.7, 31.22, "TDP", 400, 1.0, TDP, "derived", META2),
    ("Llama 2 13B", "Meta", 2023, 13_015_866_880, NA, 2.0e12, A80, NA, 368_640, NA, "bf16", 147.5, 62.44, "TDP", 400, 1.0, TDP, "derived", META2),
    ("Llama 2 34B", "Meta", 2023, 34e9, NA, 2.0e12, A80, NA, 1_038_336, NA, "bf16", NA, NA, "none", NA, NA, "not released; parameters are nominal", "derived", META2),
    ("Llama 2 70B", "Meta", 2023, 68_976_653_312, NA, 2.0e12, A80, NA, 1_720_320, NA, "bf16", 688.1, 291.42, "TDP", 400, 1.0, TDP, "derived", META2),
    ("Llama 3.1 8B", "Meta", 2024, 8_030_261_248, NA, 15e12, H100, NA, 1.46e6, NA, "bf16", 1022, 420, "TDP", 700, 1.0, f"{TDP}; tokens are '15T+'", "derived", META3),
    ("Llama 3.1 70B", "Meta", 2024, 70_553_706_496, NA, 15e12, H100, NA, 7.0e6, NA, "bf16", 4900, 2040, "TDP", 700, 1.0, f"{TDP}; tokens are '15T+'", "derived", META3),
    ("Llama 3.1 405B", "Meta", 2024, 405_853_388_800, NA, 15.6e12, H100, 16_384, 30.84e6, 0.41, "bf16", 21_588, 8930, "TDP", 700, 1.0, TDP, "derived", META3),
    ("Llama 4 Scout", "Meta", 2025, NA, NA, NA, H100, NA, 5.0e6, NA, "", 3500, 1354, "TDP", 700, 1.0, TDP, "derived", "Llama 4 model card"),
    ("Llama 4 Maverick", "Meta", 2025, NA, NA, NA, H100, NA, 2.38e6, NA, "", 1666, 645, "TDP", 700, 1.0, TDP, "derived", "Llama 4 model card"),
    ("Code Llama family", "Meta", 2023, NA, NA, NA, A80, NA, 1.4e6, NA, "bf16", 560, 228.55, "TDP", 400, 1.0, TDP, "derived", "Code Llama model card"),
    ("Pythia 70M", "EleutherAI", 2023, 70.4e6, NA, 299_892_736_000, A40, 32, 510, NA, "fp16", NA, NA, "none", NA, NA, "", "published", PYTHIA),
    ("Pythia 160M", "EleutherAI", 2023, 162.3e6, NA, 299_892_736_000, A40, 32, 1030, NA, "fp16", NA, NA, "none", NA, NA, "", "published", PYTHIA),
    ("Pythia 1B", "EleutherAI", 2023, 1.012e9, NA, 299_892_736_000, A40, 64, 4830, NA, "fp16", NA, NA, "none", NA, NA, "", "published", PYTHIA),
    ("Pythia 1.4B", "EleutherAI", 2023, 1.415e9, NA, 299_892_736_000, A40, 64, 7120, NA, "fp16", NA, NA, "none", NA, NA, "", "published", PYTHIA),
    ("Pythia 6.9B", "EleutherAI", 2023, 6.856e9, NA, 299_892_736_000, A40, 128, 33_500, NA, "fp16", NA, NA, "none", NA, NA, "", "published", PYTHIA),
    ("BLOOM 176B", "BigScience", 2022, 176.247e9, NA, 366e9, A80, 384, 1_082_990, NA, "bf16", 433.196, 24.69, "TDP", 400, 1.0, TDP, "published", "Luccioni et al. 2022, arXiv 2211.02001, Table 5; arXiv 2211.05100"),
    ("PaLM 540B", "Google", 2022, 540.35e9, NA, 780e9, "Google TPU v4", 6144, 8_404_992, 0.457, "bf16", 3436, NA, "M-system", 378.5, 1.08, "metered system power x chips x hours x PUE", "derived", "Chowdhery et al. 2022, arXiv 2204.02311, p. 66"),
    ("SmolLM3 3B", "Hugging Face", 2025, 3_075_098_624, NA, 11.2e12, H100, 384, 221_184, NA, "bf16", NA, NA, "none", NA, NA, "", "published", "huggingface.co/blog/smollm3"),
    *[(f"MT-NLG 530B, one step on {nodes} nodes", "Microsoft, NVIDIA", 2022, 530e9, NA, 3_932_160, A80, 8 * nodes, 8 * nodes * seconds / 3600, NA, "bf16", NA, NA, "none", NA,
       NA, "benchmark of single steps", "published", "arXiv 2201.11990, s2.4") for nodes, seconds in ((280, 60.1), (420, 44.4))],
    ("DeepSeek-V3", "DeepSeek", 2024, 671e9, 37e9, 14.8e12, "NVIDIA H800 SXM5", 2048, 2.664e6, NA, "fp8", NA, NA, "none", NA, NA, "pre-training; 2.788e6 h in all", "published", "arXiv 2412.19437"),
    ("T5-11B", "Google", 2019, 11e9, NA, NA, "Google TPU v3", 512, 512 * 20 * 24, NA, "bf16", 85.7, NA, "M-system", 310, 1.12, "metered system power x chips x days x PUE", "published", PATTERSON),
    ("Switch Transformer 1.5T", "Google", 2021, 1.5e12, NA, NA, "Google TPU v3", 1024, 1024 * 27 * 24, NA, "bf16", 179, NA, "M-system", 245, 1.10, "metered system power x chips x days x PUE; the text says estimated; active parameters unknown", "published", PATTERSON),
    ("GPT-3 175B", "OpenAI", 2020, 175e9, NA, NA, V100, 10_000, 10_000 * 14.8 * 24, NA, "fp16", 1287, 552, "M-system", 330, 1.10, "metered system power; chips, and so hours, are assumed by its authors", "published", PATTERSON),
    ("OLMo 2 7B", "Ai2", 2024, 7_298_617_344, NA, 4.05e12, H100, NA, NA, NA, "bf16", 131, NA, "M-gpu", NA, 1.0, "metered power of one node's GPUs x nodes; no host, no PUE (157.2 MWh with 1.2)", "measured", "arXiv 2501.00656, Table 19"),
    ("OLMo 1 7B", "Ai2", 2024, NA, NA, 2.46e12, A40, 216, NA, NA, "bf16", 104, NA, "M-gpu", NA, 1.0, "metered power of one node's GPUs x nodes; no host, no PUE (114.4 MWh with 1.1)", "measured", "arXiv 2402.00838, Table 6"),
    ("OPT-175B", "Meta", 2022, 175e9, NA, NA, "", NA, NA, NA, "", 324, NA, "class", NA, NA, "hours x an assumed power, as tabulated elsewhere; 70-75 t", "published", "tabulated in arXiv 2211.02001"),
    ("GLaM", "Google", 2021, NA, NA, NA, "", NA, NA, NA, "bf16", 456, NA, "class", NA, NA, "as reported (secondary)", "published", "Patterson et al. 2021 / Du et al. 2022, secondary"),
]

RUNS_NOTE = "14 runs of at least 6 billion parameters in training_runs, MT-NLG included, mixtures of experts not: median 0.337, geometric mean 0.328"
OLMO_POWER = "arXiv 2503.05804"
GOOGLE = "Google, arXiv 2508.15734 (May 2025)"
EPOCH_QUERY = "Epoch AI, How much energy does ChatGPT use (spreadsheet)"
LBNL45 = "LBNL-2001637, Fig. 4.5"
# name, low, best, high, unit, class, source
DEFAULTS = [
    ("mfu_large", 0.33 * np.exp(-1.2815515655 * 0.32), 0.33, 0.33 * np.exp(1.2815515655 * 0.32), "1", "derived", f"effective MFU, restarts included: lognormal, sigma 0.32; {RUNS_NOTE}"),
    ("mfu_small", 0.20, 0.28, 0.36, "1", "derived", "effective MFU below 2 billion parameters, or research code; the small runs in training_runs"),
    ("mfu_mixture", 0.15, 0.30, 0.40, "1", "assumed", "effective MFU of a mixture of experts, on active parameters"),
    ("goodput", 0.66, 0.85, 0.97, "1", "derived", "PaLM 0.67, Llama 3.1 405B 0.84, arXiv 2509.16293 0.97"),
    ("flop_share", 0.9, 1.0, 1.1, "1", "assumed", "6ND leaves attention out: about 10 % either way"),
    ("system_over_tdp", 1.10, 1.38, 1.80, "1", "assumed", f"IT power over TDP as the H100, 969 / 700 ({LATIF}); V100 1.10, A100 1.54; TPU v4 2.23 lies beyond; range assumed"),
    ("accelerator_over_tdp", 0.75, 0.85, 0.92, "1", "assumed", f"draw while training: 85 % of 700 W on H100; {OLMO_POWER}"),
    ("project_multiple", 1.5, 1.5, 2.68, "1", "published", "project over final run: OLMo 1.5 (arXiv 2503.05804), BigScience 2.68 (arXiv 2211.02001)"),
    ("pue_ai", 1.09, 1.14, 1.19, "1", "published", f"AI-specialised sites, 10-90 %; {LBNL45}"),
    ("wue_ai", 0.16, 0.61, 1.96, "L/kWh", "derived", f"AI-specialised sites {LBNL45}; ends are the medians of liquid cooling with dry coolers and with towers"),
    ("interruptions_per_accelerator_hour", 1.0e-5, 1.97e-5, 4.0e-5, "1/h", "derived", "419 unexpected interruptions in 54 days on 16,384 H100 (arXiv 2407.21783); range assumed"),
    ("checkpoint_min", 0.2, 0.5, 2.0, "min", "assumed", "pause to write a checkpoint; with the restart it gives the 90 % reported for 16,384 H100 (arXiv 2407.21783)"),
    ("restart_min", 2, 5, 15, "min", "assumed", "from a fault to the next useful step"),
    ("serving_host", 0.3, 0.06 / 0.14, 0.8, "1", "derived", f"host over accelerator energy, 0.06 / 0.14 Wh; {GOOGLE}; range assumed"),
    ("serving_idle", 0.05, 0.02 / 0.20, 0.5, "1", "derived", f"idle machines over busy ones, 0.02 / 0.20 Wh; {GOOGLE}; range assumed"),
    ("serving_pue", 1.05, 0.24 / 0.22, 1.19, "1", "derived", f"0.24 / 0.22 Wh; {GOOGLE}; ends from cooling tables"),
    ("serving_utilisation", 0.05, 0.10, 0.20, "1", "assumed", f"share of peak FLOP while decoding; {EPOCH_QUERY}: 10 %, pessimistic 5 %"),
    ("serving_power_w", 1275, 1275, 1275, "W", "derived", f"server power an H100; {EPOCH_QUERY}"),
    ("serving_power_share", 0.5, 0.7, 0.9, "1", "assumed", f"share of it drawn; {EPOCH_QUERY}"),
    ("serving_target_utilisation", 0.4, 0.6, 0.8, "1", "assumed", "share of a fleet's tokens a second that the busiest hour uses"),
    ("inference_swing", 0.0, 0.2, 0.4, "1", "assumed", "half of the daily swing of requests; no measured profile ships"),
    ("inference_peak_hour", 15, 15, 15, "h", "assumed", "local hour of most requests"),
    ("design_fraction", 0.5, 0.76, 0.82, "1", "measured", f"IT draw over IT rating on H100 nodes; {LATIF}"),
    ("campus_utilisation", 0.6, 0.80, 0.9, "1", "assumed", "mean over peak IT draw; Dominion's class asks for over 75 %"),
    ("training_share", 0.1, 0.4, 0.6, "1", "assumed", "range assumed around 30-40 %: of AI energy: EPRI 30-40 %, Google two fifths (arXiv 2204.05149), Meta 10:20:70 (arXiv 2111.00364)"),
    ("training_idle", 0.10, 0.15, 0.30, "1", "measured", f"about 100 of 700 W at checkpoints; {OLMO_POWER}; of a whole campus assumed"),
    ("training_top", 0.85, 0.85, 0.85, "1", "measured", f"share of rating within one run, 15-85 %; {OLMO_POWER}"),
    ("job_days", 14, 14, 14, "d", "assumed", "cycle of a training job and the gap after it"),
    ("ups_efficiency", 0.90, 0.97, 0.99, "1", "published", "hyperscale, Lei and Masanet preprint rs-769999, Table 3 (90-99 %); best assumed"),
    ("distribution_loss", 0.0, 0.01, 0.02, "1", "published", "hyperscale, same table (0-2 %); best assumed"),
    ("simultaneous_loss", 0.17, 0.95, 1.0, "1", "assumed", "17 to 95 % of the load was lost in 26 events in ERCOT 2023-2025 (secondary); the most seen is taken, at worst the whole campus"),
    ("smoothing", 0.0, 0.3, 0.3, "1", "published", "power shelves cut peaks by up to 30 % (developer.nvidia.com, GB300)"),
]

# name, n active and total, task, accelerator, J a token best and median over batch sizes
SERVING = [
    ("Llama 3.1 8B", 8e9, 8e9, "chat", H100, 0.070, 0.095), ("Llama 3.1 8B", 8e9, 8e9, "chat", "NVIDIA B200", 0.047, 0.098),
    ("Llama 3.1 70B", 70e9, 70e9, "chat", H100, 0.373, 0.539), ("Llama 3.1 70B", 70e9, 70e9, "chat", "NVIDIA B200", 0.189, 0.421),
    ("Llama 3.1 405B FP8", 405e9, 405e9, "chat", H100, 2.06, 2.87), ("Llama 3.1 405B FP8", 405e9, 405e9, "chat", "NVIDIA B200", 1.15, 2.56),
    ("Qwen 3 235B A22B FP8", 22e9, 235e9, "chat", H100, 0.74, 1.63), ("Qwen 3 235B A22B FP8", 22e9, 235e9, "chat", "NVIDIA B200", 0.50, 2.05),
    ("GPT OSS 120B", 5.1e9, 117e9, "reasoning", H100, 0.086, 0.236), ("GPT OSS 120B", 5.1e9, 117e9, "reasoning", "NVIDIA B200", 0.040, 0.106),
]
# what, Wh, low, high, boundary, class, source
QUERIES = [
    ("Gemini Apps, median text prompt", 0.24, NA, NA, "whole: accelerator 0.14, host 0.06, idle machines 0.02, facility 0.02", "measured", GOOGLE),
    ("GPT-4o, typical query", 0.30, NA, NA, "whole; 100e9 active, 500 tokens", "derived", EPOCH_QUERY),
    ("ChatGPT, average query", 0.34, NA, NA, "no method given", "published", "S. Altman, June 2025, cited in arXiv 2505.09598"),
    ("GPT-4o, short prompt", 0.42, 0.29, 0.55, "whole; benchmark model", "derived", "arXiv 2505.09598 v6"),
    ("Over 200B on H100, median", 0.31, 0.16, 0.60, "simulated serving; quartiles", "derived", "arXiv 2509.20241"),
    ("Over 200B on H100, 15 x longer output", 3.91, 2.15, 7.05, "simulated serving; quartiles", "derived", "arXiv 2509.20241"),
    ("BLOOM 176B interface, low traffic", 3.6, NA, NA, "whole 16-GPU instance, mostly waiting", "measured", "Luccioni et al. 2022, arXiv 2211.02001"),
    ("One text by a small open model", 0.05, NA, NA, "measured node", "measured", "arXiv 2311.16863"),
    ("One image, at most", 2.9, NA, NA, "measured node", "measured", "arXiv 2311.16863"),
]

LEI = "Lei et al. 2025 (OSTI 2572888) sample data, simulated and expert-adjusted, over 15 US climate zones, P5/P50/P95, by way of a public study; medians as LBNL-2001637 Fig. 4.4"
# design, title, driver, T_fc, COP, at C, PUE p5 p50 p95, WUE p5 p50 p95, spellings
DESIGNS = [
    ("liquid_w40_dry", "liquid to 40 °C, dry cooler, no water", "dry_bulb", 32, 4.0, 35, 1.053, 1.098, 1.143, 0, 0, 0, "liquid w40 dry; liquid w40; w40; liquid w40 dry cooler; liquid dry; liquid dry cooler; liquid cold plate dry; liquid cold plate dry cooler; liquid; direct liquid; direct liquid cooling; direct to chip; dlc; liquid cooled; liquid cooling; cold plate; liquid cold plate"),
    ("liquid_w32_dry", "liquid to 32 °C, dry cooler, no water", "dry_bulb", 24, 4.0, 35, 1.053, 1.098, 1.143, 0, 0, 0, "liquid w32 dry; liquid w32; w32; liquid w32 dry cooler"),
    ("liquid_dry_adiabatic", "liquid, dry cooler with adiabatic assist", "dry_bulb", 32, 4.0, 35, 1.053, 1.098, 1.143, 0.0, 0.16, 0.32, "liquid dry adiabatic; liquid adiabatic; liquid cold plate dry cooler adiabatic assist; liquid cold plate dry cooler adiabatic assist air cooled chiller backup; liquid dry cooler adiabatic; liquid dry cooler adiabatic assist"),
    ("liquid_tower", "liquid, waterside economiser and tower", "wet_bulb", 20, 6.0, 25, 1.066, 1.130, 1.222, 1.74, 1.96, 2.32, "liquid tower; liquid waterside tower; liquid wet; liquid waterside; liquid cold plate tower; liquid cooling tower; liquid cold plate waterside economiser tower; liquid waterside economiser tower"),
    ("waterside_tower", "waterside economiser, water-cooled chiller, tower", "wet_bulb", 20, 6.0, 25, 1.065, 1.120, 1.175, 1.89, 2.19, 2.56, "waterside tower; waterside; waterside economiser; waterside economiser tower; waterside economiser water cooled chiller; waterside economiser water cooled chiller tower; waterside water cooled chiller; tower; cooling tower; water cooled chiller; water cooled; water; evaporative tower; wet"),
    ("airside_water_chiller", "airside economiser, adiabatic, water-cooled chiller backup", "wet_bulb", 18, 6.0, 25, 1.071, 1.140, 1.228, 0.03, 0.34, 1.58, "airside adiabatic water cooled chiller; airside wcc; airside water chiller; airside adiabatic wcc; airside water cooled chiller; airside economiser water cooled chiller; airside economiser adiabatic water cooled chiller; airside economiser adiabatic water cooled chiller backup; airside adiabatic water cooled backup; airside economiser wcc"),
    ("airside_air_chiller", "airside economiser, adiabatic, air-cooled chiller backup", "wet_bulb", 18, 4.0, 25, 1.092, 1.165, 1.297, 0.0, 0.02, 0.05, "airside adiabatic; airside; airside economiser; airside economiser adiabatic; airside acc; airside adiabatic air cooled chiller; airside adiabatic acc; airside air chiller; airside air cooled chiller; airside economiser air cooled chiller; airside economiser adiabatic air cooled chiller; airside economiser adiabatic air cooled chiller backup; airside adiabatic air cooled backup; airside economiser acc; adiabatic; free air; free cooling; air; economiser; evaporative"),
    ("dry_adiabatic", "air-cooled IT, dry cooler with adiabatic assist", "dry_bulb", 17, 4.0, 30, 1.123, 1.197, 1.324, 0.10, 0.28, 0.73, "dry adiabatic; dry cooler adiabatic; dry cooler adiabatic assist; dry cooler with adiabatic assist; adiabatic dry cooler"),
    ("air_dry", "air-cooled IT, dry cooler, no water", "dry_bulb", 17, 4.0, 30, 1.123, 1.197, 1.324, 0, 0, 0, "air dry; dry; dry cooler; air cooled; air cooled it dry; air cooled it dry cooler; air cooled dry cooler"),
    ("midsize_airside", "mid-size, airside economiser", "wet_bulb", 18, 4.0, 25, NA, 1.58, NA, NA, 0.03, NA, "midsize airside; mid size airside"),
    ("midsize_waterside", "mid-size, waterside economiser", "wet_bulb", 20, 6.0, 25, NA, 1.37, NA, NA, 2.48, NA, "midsize waterside; mid size waterside"),
    ("midsize_air_chiller", "mid-size, air-cooled chiller", "dry_bulb", -40, 4.0, 35, NA, 1.84, NA, NA, 0.06, NA, "midsize air chiller; mid size air cooled chiller; air cooled chiller; chiller"),
    ("midsize_dx", "mid-size, direct expansion", "dry_bulb", -40, 4.0, 35, NA, 1.86, NA, NA, 0.06, NA, "midsize dx; mid size dx; direct expansion"),
    ("small_dx", "small, direct expansion", "dry_bulb", -40, 4.0, 35, 1.84, 2.05, 2.39, NA, 0.06, NA, "small dx; dx; small"),
]
NO_WATER = ("liquid_w40_dry", "liquid_w32_dry", "air_dry")
ZONE = "Lei et al. 2025 (OSTI 2572888) sample data, median of one climate zone, by way of a public study"
ZONES = ("2A", "2B", "4C", "5A", "7")
CLIMATE = {"airside_air_chiller": (1.28, 1.20, 1.13, 1.15, 1.15), "airside_water_chiller": (1.22, 1.16, 1.13, 1.13, 1.13),
           "waterside_tower": (1.15, 1.12, 1.11, 1.12, 1.11), "dry_adiabatic": (1.30, 1.22, 1.17, 1.18, 1.18), "air_dry": (1.30, 1.22, 1.17, 1.18, 1.18),
           "liquid_w40_dry": (1.10,) * 5, "liquid_w32_dry": (1.10,) * 5, "liquid_dry_adiabatic": (1.10,) * 5, "liquid_tower": (1.17, 1.14, 1.13, 1.12, 1.12)}
CLIMATE_WUE = {"airside_water_chiller": (1.46, 0.64, 0.10, 0.32, 0.24)}
SITE_ZONE = {"fl_tampa": "2A", "az_tucson": "2B", "wa_seattle": "4C", "wa_port_angeles": "4C", "il_chicago": "5A", "ny_buffalo": "5A",
             "mn_international_falls": "7"}

ENV_JP = "Ministry of the Environment of Japan, household survey (env.go.jp, kateico2tokei)"
ODYSSEE = "odyssee-mure.eu, November 2025"
EIA_HOME = "EIA, as quoted"
# place, names, year, low, best, high
HOMES = [
    ("US", "usa; united states; us; america", 2022, 10_500, 10_791, 10_791, "published", f"{EIA_HOME} (en.wikipedia.org, Domestic energy consumption); low: rounded, Epoch AI"),
    ("US", "usa; united states; us; america", 2021, 10_500, 10_632, 10_791, "published", f"{EIA_HOME} (vaultelectricity.com); ends are those of 2022"),
    ("US", "usa; united states; us; america", 2020, 10_500, 10_715, 10_791, "published", f"{EIA_HOME} (eia.gov FAQ 97); ends are those of 2022"),
    ("JP", "japan; jpn; jp", 2021, 3_719, 4_175, 5_833, "published", f"{ENV_JP}, FY2021; ends are Hokkaido and Hokuriku"),
    ("JP", "japan; jpn; jp", 2019, 3_719, 4_047, 5_833, "published", f"{ENV_JP}, FY2019; ends are of FY2021"),
    ("EU27", "eu; eu-27; eu27; europe; european union", 2023, 1_800, 3_600, 8_500, "published", f"{ODYSSEE}, a dwelling (year assumed); ends are Romania and Sweden"),
    ("RO", "romania; rou; ro", 2023, 1_800, 1_800, 1_800, "published", f"{ODYSSEE} (year assumed)"),
    ("SE", "sweden; swe; se", 2023, 8_500, 8_500, 8_500, "published", f"{ODYSSEE} (year assumed)"),
    ("JP-HOKKAIDO", "hokkaido", 2021, 3_719, 3_719, 3_719, "published", ENV_JP),
    ("JP-HOKURIKU", "hokuriku", 2021, 5_833, 5_833, 5_833, "published", ENV_JP),
]

SURVEY = "public survey of October 2026 that opened the primary document"
SECOND = "public survey of October 2026, secondary"
# who, what, value, unit, citation, from, to, status
RIDE = [
    ("ERCOT", "variation_mw_in_5s", 10, "MW peak to peak in any 5 s, 0.1-55 Hz", SURVEY, "2026-06-01", "", "proposed June 2026, board September 2026"),
    ("ERCOT", "ride_through_threshold_mw", 75, "MW, at least half of it computing", f"NOGRR 282; {SURVEY}", "2026-06-01", "", "being written; exempt if approved by 2025-11-14; start assumed"),
    ("ERCOT", "ride_continuous_low_pu", 0.90, "pu: stays on at 0.90 to 1.10", f"NOGRR 282; {SURVEY}", "2026-06-01", "", "being written; start assumed"),
    ("ERCOT", "counting_sags_forbidden", 1, "protection may not count sags", f"NOGRR 282; {SURVEY}", "2026-06-01", "", "being written; start assumed"),
    ("ERCOT", "recovery_s", 2, "s to 90 % after the fault", f"NOGRR 282; {SURVEY}", "2026-06-01", "", "being written; start assumed"),
    ("ERCOT", "ride_0.15s_pu", 0.20, "pu: below this 0.15 s", f"NOGRR 282; {SURVEY}", "2026-06-01", "", "being written; start assumed"),
    ("ERCOT", "ride_0.25s_pu", 0.20, "pu for 0.25 s", f"NOGRR 282; {SURVEY}", "2026-06-01", "", "being written; start assumed"),
    ("ERCOT", "ride_0.5s_pu", 0.50, "pu for 0.5 s", f"NOGRR 282; {SURVEY}", "2026-06-01", "", "being written; start assumed"),
    ("ERCOT", "ride_2s_pu", 0.80, "pu for 2.0 s", f"NOGRR 282; {SURVEY}", "2026-06-01", "", "being written; start assumed"),
    ("ERCOT", "system_loss_mw", 2600, "MW lost at once push frequency over 60.4 Hz", "ERCOT LLWG 2025-09-19 (gridmonitor.com)", "2025-09-19", "", "study; moves with inertia"),
    ("CAISO", "ramp_mw_per_min", 20, "MW/min over a rolling 10 min", f"straw proposal, June 2026; {SURVEY}", "2026-06-01", "", "straw proposal"),
    ("CAISO", "recovery_s", 3, "s to 90 % after 0.9 pu", f"straw proposal, June 2026; {SURVEY}", "2026-06-01", "", "straw proposal"),
    ("IESO", "ramp_mw_per_min", 20, "MW/min", f"v3.0, September 2026, above 10 MW; {SURVEY}", "2026-09-01", "", "v3.0 as published; day assumed"),
    ("IESO", "variation_mw_in_15s", 5, "MW in 15 s", f"v3.0, September 2026; {SURVEY}", "2026-09-01", "", "v3.0 as published; day assumed"),
    ("IESO", "oscillation_mw", 2.5, "MW either way, or 0.25 % if less", f"v3.0, September 2026; {SURVEY}", "2026-09-01", "", "v3.0 as published; day assumed"),
    ("IESO", "recovery_s", 1, "s", f"v3.0, September 2026; {SURVEY}", "2026-09-01", "", "v3.0 as published; day assumed"),
    ("IESO", "no_automatic_return", 1, "from backup", f"v3.0, September 2026; {SURVEY}", "2026-09-01", "", "v3.0 as published; day assumed"),
    ("Southern", "ramp_mw_per_min", 20, "MW/min", SECOND, "2026-10-01", "", "as reported (secondary); start assumed"),
    ("AESO", "ramp_mw_per_min", 10, "MW/min", SECOND, "2026-10-01", "", "as reported (secondary); start assumed"),
    ("ATC", "ramp_mw_per_min", 30, "MW/min", SECOND, "2026-10-01", "", "as reported (secondary); start assumed"),
    ("Ireland", "recovery_s", 0.5, "s", f"September 2026; {SURVEY}", "2026-09-01", "", "as published"),
    ("Australia", "recovery_s", 1.0, "s, 0.5 to 1", SURVEY, "2026-10-01", "", "draft; start assumed"),
]

# kind: what share gives way, longest, hours a year, costs (USD), basis
FLEXIBLE = [
    ("interruptible", 100, 6, 88, NA, NA, 250, 1000, 3000, "assumed", "whole campus stops; USD a MWh of computing not done, 1,000 (250-3,000)"),
    ("partial", 25, 3, 88, NA, NA, 50, 250, 1000, "assumed", "a quarter gives way for 3 h, as shown in Phoenix 2025 (arXiv 2507.00909); cheaper hours first"),
    ("shiftable", 25, 6, NA, NA, NA, 5, 20, 100, "assumed", "a quarter waits up to 6 h a day and is made up the same day; cost is delay"),
    ("backed", 100, 24, 100, 800, 4, 200, 300, 450, "assumed", "own engines for the whole campus, 800 USD/kW, fixed charge 10 % a year, fuel and upkeep 300 USD/MWh; permit hours 100 a year"),
    ("battery", 100, 4, NA, 1300, 4, 0, 10, 30, "assumed", "4 h battery, 317 USD/kW + 246 USD/kWh (NREL ATB 2024, 2030), fixed charge 10 % a year"),
]

NEAREST_SITE = {"Amazon Canton Mississippi": "ga_atlanta", "Amazon Ridgeland Mississippi": "ga_atlanta",
                "Anthropic-Amazon Project Rainier New Carlisle Indiana": "il_chicago", "Coreweave Helios Afton Texas": "tx_el_paso",
                "Crusoe Goodnight Texas": "nm_albuquerque", "Google New Albany Ohio": "ny_buffalo", "Google Omaha Nebraska": "mn_rochester",
                "Meta Hyperion Holly Ridge Louisiana": "ga_atlanta", "Meta Prometheus New Albany Ohio": "ny_buffalo",
                "Microsoft Fairwater Fayetteville Georgia": "ga_atlanta", "Microsoft Fairwater Mount Pleasant Wisconsin": "il_chicago",
                "OpenAI-Oracle Stargate Abilene Texas": "tx_el_paso", "xAI Colossus 1 Memphis Tennessee": "ga_atlanta",
                "xAI Colossus 2 Memphis Tennessee": "ga_atlanta"}
COOLING = {"Amazon": "airside_air_chiller", "Anthropic": "airside_air_chiller", "Google": "waterside_tower", "xAI Colossus 1": "liquid_tower"}
EDITION, LAST_SEEN = "2025-12", "2025-12-05"


def accelerators() -> pd.DataFrame:
    raw = pd.read_csv(SHARED / "ai_energy/epoch_ml_hardware_2025-12.csv")
    peak = raw["Tensor-FP16/BF16 performance (FLOP/s)"].fillna(raw["FP16 (half precision) performance (FLOP/s)"])
    table = pd.DataFrame({"accelerator": raw["Hardware name"].str.strip(), "short_names": "", "released": raw["Release date"].fillna(""), "peak_dense_flops": peak,
                          "peak_fp8_flops": raw["FP8 performance (FLOP/s)"], "tdp_w": raw["TDP (W)"], "claim": "published", "source": EPOCH_CHIPS})
    table = table[table["peak_dense_flops"] >= LEAST_PEAK].drop_duplicates("accelerator").sort_values("accelerator")
    for name, (value, claim, source) in SHEET_PEAK.items():
        table.loc[table["accelerator"] == name, ["peak_dense_flops", "claim", "source"]] = [value, claim, f"{source}; TDP {EPOCH_CHIPS}"]
    table["short_names"] = table["accelerator"].map(SHORT).fillna("")
    missing = (set(SHORT) | set(SHEET_PEAK) | {row[0] for row in POWER} | {row[6] for row in RUNS if row[6]}) - set(table["accelerator"])
    assert not missing, missing
    return table.reset_index(drop=True)


def carbon() -> pd.DataFrame:
    """Average intensity by eGRID subregion and by country, kg/MWh."""
    egrid = pd.read_csv(SHARED / "emissions_prices/egrid2022_subregion_rates.csv")
    kg = egrid["co2_lb_per_mwh"] * LB_PER_MWH
    low, high = kg[egrid["egrid_subregion"] != "US"].quantile([0.1, 0.9])
    source = "US EPA eGRID2022, total output emission rates (public domain)"
    rows = [(name, "US" if name == "US" else "", 2022, round(low, 1) if name == "US" else NA, round(v, 1), round(high, 1) if name == "US" else NA, "published",
             source + ("; ends are the 10th and 90th percentile of subregions" if name == "US" else ""))
            for name, v in zip(egrid["egrid_subregion"], kg, strict=True)]
    world = pd.read_parquet(SHARED / "country/country_electricity_by_year.parquet").dropna(subset=["carbon_intensity_g_per_kwh", "iso3"])
    world = world[world["year"] >= 2019].sort_values(["country", "year"]).groupby("country").tail(1)
    rows += [(row.country, row.iso3, int(row.year), NA, round(row.carbon_intensity_g_per_kwh, 1), NA, "published", "Our World in Data (CC-BY 4.0), from BP and Ember")
             for row in world.itertuples() if row.iso3 != "USA"]
    return pd.DataFrame(rows, columns=["place", "iso3", "year", "low_kg_per_mwh", "best_kg_per_mwh", "high_kg_per_mwh", "claim", "source"])


def climate() -> pd.DataFrame:
    rows = [(design, zone, pue, CLIMATE_WUE[design][k] if design in CLIMATE_WUE else NA, "assumed" if design in NO_WATER else "derived", ZONE)
            for design, values in CLIMATE.items() for k, (zone, pue) in enumerate(zip(ZONES, values, strict=True))]
    return pd.DataFrame(rows, columns=["design", "climate_zone", "pue", "wue_l_per_kwh", "claim", "source"])


def weather_sites() -> pd.DataFrame:
    raw = pd.read_csv(SHARED / "profiles/tmy3_sites.csv")
    table = raw[["site", "station", "state", "lat", "lon", "utc_offset_h", "elevation_m"]].copy()
    table["climate_zone"] = table["site"].map(SITE_ZONE).fillna("")
    return table


def weather_typical() -> pd.DataFrame:
    """Hundredths of a degree by site, dry and wet bulb, 8,760 h of the typical year, local standard time."""
    raw = pd.read_parquet(SHARED / "profiles/tmy3_weather_pv_sites.parquet")
    out = {}
    for site, part in raw.groupby("site"):
        ordered = part.sort_values("local_std_hour_ending") if part["local_std_hour_ending"].is_unique else part
        assert len(ordered) == 8760, site
        out[f"{site}_dry"] = np.round(100 * ordered["dry_bulb_c"].to_numpy()).astype(np.int16)
        out[f"{site}_wet"] = np.round(100 * ordered["wet_bulb_stull_c"].to_numpy()).astype(np.int16)
    return pd.DataFrame(out)


def campuses() -> pd.DataFrame:
    """Facility MW by date of US campuses; what lies after the edition is a plan."""
    raw = pd.read_csv(SHARED / "queues/epoch_data_center_timelines_2025-12.csv")
    raw["date"] = pd.to_datetime(raw["Date"], format="%m/%d/%Y").dt.strftime("%Y-%m-%d")
    raw = raw[raw["Data center"].isin(NEAREST_SITE)].sort_values(["Data center", "date"])
    rows = []
    for name, part in raw.groupby("Data center"):
        last = NA
        for row in part.itertuples():
            mw = float(row[4])
            if mw != last:
                rows.append((name, row.date, mw, "seen" if row.date <= LAST_SEEN else "planned", NEAREST_SITE[name],
                             next((c for start, c in COOLING.items() if name.startswith(start)), "liquid_w40_dry"), EDITION,
                             "derived" if row.date <= LAST_SEEN else "assumed", "Epoch AI, frontier data centres (CC-BY 4.0); cooling and weather site assumed"))
            last = mw
    return pd.DataFrame(rows, columns=["campus", "date", "facility_mw", "status", "weather_site", "cooling", "edition", "claim", "source"])


AUTHORITIES = {
    "PJM": ("PJM", "PJM", "COMED PJMW DOM MAAC"), "MISO": ("MISO", "MISO", "MISON MISOC MISOS"), "ERCO": ("ERCOT", "ERCOT", "ERCOT"),
    "SWPP": ("SPP", "SPP", "SPPN SPPS"), "SOCO": ("Southern", "Southern; SOU", "SOU"), "CISO": ("CAISO", "CAISO; California ISO", ""),
    "TVA": ("TVA", "TVA", "TVA"), "NYIS": ("NYISO", "NYISO", "NY"), "ISNE": ("ISO-NE", "ISO-NE; ISONE; New England", "NE"),
    "DUK": ("Duke Carolinas", "DEC; Duke Energy Carolinas", ""), "CPLE": ("Duke Progress East", "DEP; Duke Energy Progress East", ""),
    "FPC": ("Duke Florida", "DEF; Duke Energy Florida", ""), "FPL": ("Florida Power & Light", "FP&L; Florida Power and Light", ""),
    "BPAT": ("BPA", "BPA; Bonneville", ""), "PACE": ("PacifiCorp East", "PacifiCorp East", ""), "PACW": ("PacifiCorp West", "PacifiCorp West", ""),
    "PGE": ("Portland General Electric", "Portland General", ""), "PSCO": ("Public Service of Colorado", "PSCo; Xcel Colorado", ""),
    "AZPS": ("Arizona Public Service", "APS", ""), "SRP": ("Salt River Project", "Salt River", ""), "SC": ("Santee Cooper", "SCP; Santee Cooper", ""),
    "SCEG": ("Dominion South Carolina", "DESC; Dominion Energy South Carolina; SCE&G", "")}


def authority_table() -> pd.DataFrame:
    rows = [(code, name, also, regions) for code, (name, also, regions) in AUTHORITIES.items()]
    return pd.DataFrame(rows, columns=["authority", "name", "also_called", "regions"])


def authority_demand(out: Path) -> None:
    """Hourly demand of the authorities, whole MW, 2016-2024, UTC hour ending."""
    raw = pd.read_parquet(SHARED / "demand/eia930_hourly_demand_ba_2015_2024.parquet").set_index("utc_hour_ending")
    part = raw.loc["2016-01-01":"2024-12-31 23:00", list(AUTHORITIES)]
    assert len(part) == 78_912
    assert not part.isna().any().any()
    frame = part.round().astype(np.int32).reset_index(drop=True)
    frame.to_parquet(out / "authority_demand.parquet", index=False, compression="zstd", compression_level=19, use_dictionary=False,
                     column_encoding=dict.fromkeys(frame.columns, "DELTA_BINARY_PACKED"))


def run(out: Path) -> None:
    write(accelerators(), out, "accelerators.csv")
    write(pd.DataFrame(POWER, columns=["accelerator", "low_w", "best_w", "high_w", "claim", "source", "accelerator_low_w", "accelerator_best_w",
                                       "accelerator_high_w", "accelerator_claim", "accelerator_source"]), out, "accelerator_power.csv")
    write(pd.DataFrame(RUNS, columns=COLUMNS).rename(columns={"class": "claim"}), out, "training_runs.csv")
    defaults = pd.DataFrame(DEFAULTS, columns=["name", "low", "best", "high", "unit", "claim", "source"])
    write(defaults.round({"low": 8, "best": 8, "high": 8}), out, "load_defaults.csv")
    serving = pd.DataFrame(SERVING, columns=["model", "active_parameters", "parameters", "task", "accelerator", "best_j_per_token", "median_j_per_token"])
    write(serving.assign(claim="measured", source="ML.ENERGY benchmark, best and median over batch sizes, as quoted; GPU only"), out, "serving_measured.csv")
    write(pd.DataFrame(QUERIES, columns=["what", "wh", "low_wh", "high_wh", "boundary", "claim", "source"]), out, "query_energy.csv")
    # Both spellings of economiser are written.
    designs = pd.DataFrame(DESIGNS, columns=["design", "title", "driver", "free_cooling_c", "cop", "cop_at_c", "pue_p5", "pue_p50", "pue_p95", "wue_p5", "wue_p50",
                                             "wue_p95", "spellings"])
    american = designs["spellings"].map(lambda t: "; ".join(x.replace("economiser", "economizer") for x in t.split("; ") if "economiser" in x))
    designs["spellings"] = (designs["spellings"] + "; " + american).str.removesuffix("; ")
    dry = designs["design"].isin(NO_WATER)
    claim = dry.map({True: "assumed", False: "derived"})
    source = dry.map({True: f"no water: PUE taken from the design with adiabatic assist; {LEI}", False: LEI})
    write(designs.assign(claim=claim, curve_claim="assumed", source=source), out, "cooling_designs.csv")
    write(climate(), out, "cooling_climate.csv")
    write(pd.DataFrame(HOMES, columns=["place", "names", "year", "low_kwh", "best_kwh", "high_kwh", "claim", "source"]), out, "household_electricity.csv")
    write(carbon(), out, "carbon_intensity.csv")
    write(weather_sites(), out, "weather_sites.csv")
    write(weather_typical(), out, "weather_typical.parquet")
    write(campuses(), out, "campuses.csv")
    rules = pd.DataFrame(RIDE, columns=["who", "rule", "value", "unit", "citation", "valid_from", "valid_to", "status"])
    write(rules, out, "grid_connection_rules.csv")
    write(pd.DataFrame(FLEXIBLE, columns=["kind", "depth_pct", "event_h", "hours_per_year", "capex_usd_per_kw", "store_h", "low_usd_per_mwh", "best_usd_per_mwh",
                                          "high_usd_per_mwh", "claim", "source"]), out, "flexibility_options.csv")
    write(authority_table(), out, "authorities.csv")
    authority_demand(out)

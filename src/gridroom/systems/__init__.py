"""The grid as arrays: systems, their tables and files, published test systems."""

from gridroom.systems.assets import CommonEvent, DemandResponse, Hybrids, LargeLoad
from gridroom.systems.maintenance import levelised, levelised_plan
from gridroom.systems.pras import read_pras
from gridroom.systems.pras_write import write_pras
from gridroom.systems.rts79 import rts79
from gridroom.systems.rts_gmlc import rts_gmlc
from gridroom.systems.system import Interfaces, Lines, Storage, System, Units
from gridroom.systems.tables import read_folder, read_years
from gridroom.systems.tables_write import write_folder

__all__ = ["CommonEvent", "DemandResponse", "Hybrids", "Interfaces", "LargeLoad", "Lines", "Storage", "System", "Units",
           "levelised", "levelised_plan", "read_folder", "read_pras", "read_years", "rts79", "rts_gmlc",
           "write_folder", "write_pras"]

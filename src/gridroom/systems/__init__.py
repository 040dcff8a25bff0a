"""The grid as arrays: systems, their tables and files, published test systems."""

from gridroom.systems.pras import read_pras
from gridroom.systems.rts79 import rts79
from gridroom.systems.system import Interfaces, Lines, Storage, System, Units
from gridroom.systems.tables import read_folder, write_folder

__all__ = ["Interfaces", "Lines", "Storage", "System", "Units", "read_folder", "read_pras", "rts79", "write_folder"]

"""A new plugin package, written from the files in ``template``."""

from products.scaffold.writing import BadName, Folder, write_plugin

__all__ = ["BadName", "Folder", "write_plugin"]

"""The mapping of a site, put together: grid, one listing, sheets, and what is applied as a whole."""

from webapp.admin.mapping.batches import BatchScreen
from webapp.admin.mapping.grid import GridScreen
from webapp.admin.mapping.listing import ListingScreen
from webapp.admin.mapping.sheets import SheetScreen


class MappingScreen(GridScreen, ListingScreen, SheetScreen, BatchScreen):
    """One screen to the menu and to addresses; its parts are files of their own."""

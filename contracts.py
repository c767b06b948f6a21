"""The contract import-linter lacks: a chapter is entered by its actions, queries or facts, by no other door.

The site has one more: `processes`, which holds what the house's own processes run in a chapter.
"""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


ROOT = "yigongti"
DOORS = frozenset({"actions", "queries", "facts"})
SITE, ENGINE_ROOM = f"{ROOT}.site", "processes"


class Doors(Contract):
    """Between chapters only `actions`, `queries` and `facts` are imported: models, pages and policy are private.

    `open_to` are packages without doors (the kernel), `walks_in` are chapters that may enter anywhere, and
    `ignore_imports` holds the other doors, each with its reason beside it. An exception that nobody uses any more
    breaks the contract, so the list only shrinks.
    """

    open_to = fields.SetField(subfield=fields.StringField())
    walks_in = fields.SetField(subfield=fields.StringField())
    ignore_imports = fields.SetField(subfield=fields.ImportExpressionField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Every import between two chapters that uses none of the doors, and every exception that is not needed."""
        excused = {(str(e.importer), str(e.imported)) for e in self.ignore_imports or ()}
        wrong = {pair for pair in self._between_chapters(graph) if not _by_a_door(*pair)}
        metadata = {"through walls": sorted(wrong - excused), "no longer needed": sorted(excused - wrong)}
        return ContractCheck(kept=not any(metadata.values()), metadata=metadata)

    def _between_chapters(self, graph: ImportGraph) -> set[tuple[str, str]]:
        passed = {ROOT, *(f"{ROOT}.{name}" for name in self.open_to | self.walks_in)}
        return {
            (importer, imported)
            for importer in graph.modules
            if _chapter(importer) not in {ROOT, *(f"{ROOT}.{name}" for name in self.walks_in)}
            for imported in graph.find_modules_directly_imported_by(importer)
            if imported.startswith(f"{ROOT}.")
            and _chapter(imported) != _chapter(importer)
            and _chapter(imported) not in passed
        }

    def render_broken_contract(self, check: ContractCheck) -> None:
        """One line an import."""
        for fault, pairs in check.metadata.items():
            for importer, imported in pairs:
                output.print_error(f"{importer} -> {imported}: {fault}")


def _by_a_door(importer: str, imported: str) -> bool:
    room = _room(imported)
    return room in DOORS or (room == ENGINE_ROOM and _chapter(importer) == SITE)


def _chapter(module: str) -> str:
    return ".".join(module.split(".")[:2])


def _room(module: str) -> str:
    return [*module.split("."), "", ""][2]

"""The desk that commands of a product team work at, and how they end where a step is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from api import wiring
from api.cli.failures import BAD_INPUT, FAILED, fail, reported
from api.cli.inputs import settings
from api.revisions.desk import Desk, NoSigningKey, UnknownRevision
from api.revisions.population import UnreadableFile
from api.revisions.store import RevisionStore
from products import DatesOutOfOrder, NotInForce, UnknownOffering
from products.chained_events import NotAllowed
from products.revising.content import InvalidRevision


@contextmanager
def desk_here() -> Iterator[Desk]:
    """The desk of the settings' organisation, over what it admits and configures; faults of plugins go to its log.

    Ends the command with sentences where a step is refused.
    """
    with reported():
        use = settings()
        with closing(wiring.repository(use)) as repository:
            catalogue = wiring.offered(use)
            store = RevisionStore(repository.database, repository.engine, use.organisation)
            try:
                with _refused():
                    yield wiring.desk(use, store, catalogue)
            finally:
                catalogue.host.close()
                wiring.fault_log(use, catalogue.host, repository.database, repository.engine).store()


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except InvalidRevision as error:
        fail(BAD_INPUT, *(f"{each.path or 'revision'}: {each.message}" for each in error.problems))
    except (NotAllowed, UnknownRevision, UnreadableFile, DatesOutOfOrder, NotInForce, UnknownOffering) as error:
        fail(BAD_INPUT, str(error))
    except NoSigningKey as error:
        fail(FAILED, str(error))

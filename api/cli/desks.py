"""The desk that commands of a product team work at, and how they end where a step is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
    """The desk of the settings' organisation; ends the command with sentences where a step is refused."""
    with reported():
        use = settings()
        repository = wiring.repository(use)
        catalogue = wiring.underwriter(use).catalogue
        store = RevisionStore(repository.database, repository.engine, use.organisation)
        try:
            yield wiring.desk(use, store, catalogue)
        except InvalidRevision as error:
            fail(BAD_INPUT, *(f"{each.path or 'revision'}: {each.message}" for each in error.problems))
        except (NotAllowed, UnknownRevision, UnreadableFile, DatesOutOfOrder, NotInForce, UnknownOffering) as error:
            fail(BAD_INPUT, str(error))
        except NoSigningKey as error:
            fail(FAILED, str(error))
        finally:
            catalogue.host.close()
            repository.close()

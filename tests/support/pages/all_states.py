"""Every page in every state, in the order of their names' modules."""

from tests.support.pages.states import (
    accounts,
    clusters,
    companies,
    declarations,
    exchange,
    figures,
    finished,
    operation,
    reviews,
)

STATES = (
    *accounts.STATES,
    *companies.STATES,
    *declarations.STATES,
    *figures.STATES,
    *finished.STATES,
    *clusters.STATES,
    *exchange.STATES,
    *reviews.STATES,
    *operation.STATES,
)

"""Finding the goods of a case, as an agent sees it: a panel on the case's page, over the rules of dispatch.sourcing."""

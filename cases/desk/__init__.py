"""The screens of the agents. Views translate between pages and rules; the rules are the modules of cases."""

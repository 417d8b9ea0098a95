"""Thin tasks: each calls one rule."""

from celery import shared_task

from dispatch import certificates, learning, planner, reach, sourcing, trials, trips


@shared_task(name="dispatch.propose_plan")
def propose_plan(plan_id: int) -> None:
    planner.propose_by_id(plan_id)


@shared_task(name="dispatch.sweep_plans")
def sweep_plans() -> int:
    """Plans that were asked for and whose nudge was lost."""
    return planner.propose_asked()


@shared_task(name="dispatch.sweep_sourcing")
def sweep_sourcing() -> int:
    return sourcing.expire_unanswered() + sourcing.lapse_reservations()


@shared_task(name="dispatch.sweep_trips")
def sweep_trips() -> int:
    return trips.finish_done() + trips.notice_late() + trips.run_out() + trips.lift_ended()


@shared_task(name="dispatch.remind_of_certificates")
def remind_of_certificates() -> int:
    return certificates.remind_due()


@shared_task(name="dispatch.learn_roads")
def learn_roads() -> int:
    return learning.learn_all()


@shared_task(name="dispatch.refresh_reach")
def refresh_reach() -> int:
    """How far today's vehicles reach, in the morning and after each plan; and who has to be told."""
    return reach.refresh_due()


@shared_task(name="dispatch.run_trial")
def run_trial(trial_id: int) -> None:
    trials.run(trial_id)


@shared_task(name="dispatch.sweep_trials")
def sweep_trials() -> int:
    return trials.run_asked()

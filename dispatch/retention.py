"""What dispatch holds of some cases, taken away with the person's data; that there was a proof stays."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Round

from dispatch.models import Proof, Sourcing, Stop


def erase(cases: list[int]) -> dict[str, int]:
    """Pictures and names of receivers, PINs, and doors to about a kilometre. Called in a transaction."""
    proofs = Proof.objects.filter(stop__case__in=cases)
    files = [(proof.photo.storage, str(proof.photo.name)) for proof in proofs if proof.photo]
    proofs.update(photo="", words="")
    Stop.objects.filter(case__in=cases).update(pin="", lon=Round("lon", 2), lat=Round("lat", 2))
    Sourcing.objects.filter(case__in=cases).update(words="")
    Sourcing.history.filter(case_id__in=cases).update(words="")

    def delete() -> None:
        for storage, name in files:
            storage.delete(name)

    transaction.on_commit(delete)
    return {"proof photos": len(files)}

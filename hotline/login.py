"""The log-in form: whoever has a role of ours may enter; what the role may do is each page's business."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm

from hotline.access import EVERY_ROLE


class LoginForm(AuthenticationForm):
    """Django's form for its admin asks for `is_staff`; here the role stands in its place."""

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        if not user.is_active or getattr(user, "role", "") not in EVERY_ROLE:
            raise ValidationError(
                self.error_messages["invalid_login"], code="invalid_login", params={"username": "username"}
            )

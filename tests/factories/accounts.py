"""People and what the portal keeps for them, for tests; nothing is random."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import ApiToken, Export, Notification, User

PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory):
    """Somebody who can sign in with ``PASSWORD`` and holds no role; ``administrator=True`` for a superuser."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        administrator = factory.Trait(is_staff=True, is_superuser=True)

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def confirmed(self, create, extracted):
        """The address is confirmed, unless ``confirmed=False``."""
        if create and extracted is not False:
            self.emailaddress_set.create(email=self.email, verified=True, primary=True)


class NotificationFactory(DjangoModelFactory):
    class Meta:
        model = Notification

    recipient = factory.SubFactory(UserFactory)
    key = factory.Sequence(lambda n: f"test:{n}")
    subject = factory.Sequence(lambda n: f"Message {n}")
    body = "Something happened."


class ExportFactory(DjangoModelFactory):
    """The directory of partners as a file, waiting unless told otherwise."""

    class Meta:
        model = Export

    user = factory.SubFactory(UserFactory)
    title = "Partners"
    path = "/organizations/"
    columns = ["Number", "Name"]
    name = "partners"


class ApiTokenFactory(DjangoModelFactory):
    """A token whose secret is ``secret``."""

    class Meta:
        model = ApiToken

    class Params:
        secret = factory.Sequence(lambda n: f"pp_secret_{n}")

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Program {n}")
    scope = ApiToken.Scope.WRITE
    digest = factory.LazyAttribute(lambda token: ApiToken.digest_of(token.secret))
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))

"""Messages about observations and flags."""

from organizations.emails.people import headquarters_editors, people_of, tell


def observation_moved(observation, move, *, by, reason):
    """Its author and headquarters: it was escalated, decided or answered. Nobody is told what they did themselves."""
    author = {observation.author} if observation.author.works_for_unicef else set()
    people = ({*headquarters_editors()} | author) - {by}
    done = observation.lifecycle.transition(move).done
    occasion = f"observation-moved:{move}:{observation.version}"
    tell(people, "observation-moved", observation, occasion, done=done, reason=reason)


def organization_told_of_flag(observation):
    """The organization's administrators and editors: there is a flag, or a decision on it, that concerns you."""
    if observation.concerns_the_organization:
        occasion = f"flag-told:{observation.state}:{observation.version}"
        tell(people_of(observation.organization_id), "flag-told", observation, occasion)

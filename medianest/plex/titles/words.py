"""In which words titles are found: films and shows apart from the many episodes."""

from medianest.core.fulltext import Fulltext

TITLES = Fulltext("plex_title_words", ("title", "original_title", "year"))
EPISODES = Fulltext("plex_episode_words", ("title",))

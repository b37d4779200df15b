"""What the site answers, by subject; each handler takes the exchange and the variable parts of its path."""

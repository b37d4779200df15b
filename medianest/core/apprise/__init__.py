"""Services that Apprise can tell (Discord, Telegram, ntfy ...): asked and spoken to by a child process."""

"""Looking after the installation: backups, the doctor, what the commands do."""

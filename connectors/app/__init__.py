"""The app: an installable web app for citizens, built from the modules of the website widget. See README.md."""

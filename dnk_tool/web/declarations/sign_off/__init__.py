"""The sign-off of a version by a named person: asked, given by a member or by link."""

"""The cockpit: members with filter and search, heat map, exports."""

"""How Django writes days and moments in the back office: unmistakable, with their zone."""

DATE_FORMAT = "j. n. Y"
DATETIME_FORMAT = "j. n. Y H:i T"
SHORT_DATE_FORMAT = "j. n. Y"
SHORT_DATETIME_FORMAT = "j. n. Y H:i T"

"""Files in and out: what people hand in as CSV or XLSX, and what they take out.

kinds: what can be handed in and taken out; reading: a file as plain rows; values: a cell as a value, or why not;
importing and exporting: the jobs; pages: the screens. A package further up adds its own kinds (dispatch.exchange).
"""

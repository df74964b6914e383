"""What the directory of funds starts from: programmes 2021-2027, Recovery plans and Interreg, as committed tables.

`table` reads them, `build` makes them again from their source folder, `reading` understands titles and authority names,
`wording` says in a few words how a fact is known. A fact that is only recalled is marked so, field by field.
"""

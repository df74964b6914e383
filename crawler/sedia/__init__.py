"""The wire format of the EU Funding & Tenders Portal's search ("SEDIA"): hits and topic details into drafts.

Every metadata value is a list of strings; budget, actions, links and notices are JSON inside a string; a hit may lack
`metadata` and hold its fields at the top. Types: 1 topic, 2 external action (PROSPECT), 8 cascade funding.
"""

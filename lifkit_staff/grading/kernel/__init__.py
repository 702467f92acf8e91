"""A kernel as the grader sees it: started (`provisioner`), talked to (`client`), asked.

`execute` runs a notebook in it, keeps the `outputs`, and asks for the exercises' answers (`questions`,
`answers`), in a new kernel where one dies.
"""

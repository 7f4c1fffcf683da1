"""A generated province and the whole country: offices, people, and dossiers from receipt to finish.

Everything follows from a size, a seed and a number, so that a dossier can be made again at any instant and nothing
has to be kept: a feed of millions of rows is a stream. Nobody in it exists: names say that they are generated.
"""

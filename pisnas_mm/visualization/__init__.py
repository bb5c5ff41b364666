"""What is seen of a search: figures' data, one subject a file, and thin drawing of them.

Data are computed without a plotting library; drawings import theirs when they are asked for.
"""

"""What benchmarks/run is made of. Each module needs only those above it in this list:

``machine``   what the figures are of
``peers``     the programs that are measured
``sections``  the loads, and which peers get them
``results``   medians, ratios and ranges
``tables``    Markdown
``plots``     SVG

``measured`` is for the tables of micro and stages.
"""

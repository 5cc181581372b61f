"""Eight media plans of a made-up advertiser, with the truth beside each, and the other files of the demo Drive.

`python -m connectors.sandbox.samples` writes them to data/samples; a test holds the committed files to what is made here.
"""

"""The loopback carrier: a small telephone company that speaks the carrier's side of Twilio's published interface.

The product reaches it through the real SDK and answers its signed webhooks, exactly as in production. It imports nothing
of the product: it is an outside party that happens to live in the same repository. See docs/carrier-loopback.md.
"""

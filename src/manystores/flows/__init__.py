"""The only place where contexts meet: place_order, reject_fulfilment, take_return, ..."""

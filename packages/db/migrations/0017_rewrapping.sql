-- While master keys are rotated data keys are wrapped anew, by the worker; what they sealed stays as it is.
GRANT UPDATE (master_key_id, wrapped_key) ON jobs TO docusnap_worker;

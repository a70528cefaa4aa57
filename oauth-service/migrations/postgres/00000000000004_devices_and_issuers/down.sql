DROP TABLE trusted_issuers;
DROP TABLE device_requests;

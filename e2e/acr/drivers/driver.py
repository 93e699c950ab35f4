"""Calls ACR's API with the official Python client (alibabacloud_cr20181201), as e2e/acr/sdk.ts describes."""

import json
import os
import re
import sys

from alibabacloud_cr20181201 import models
from alibabacloud_cr20181201.client import Client
from alibabacloud_tea_openapi.models import Config
from darabonba.exceptions import DaraException

client = Client(
    Config(
        access_key_id=os.environ['ACR_ACCESS_KEY_ID'],
        access_key_secret=os.environ['ACR_ACCESS_KEY_SECRET'],
        region_id='cn-hangzhou',
        endpoint=os.environ['ACR_ENDPOINT'],
        protocol='http',
    )
)


def ask(action, parameters):
    request = getattr(models, f'{action}Request')().from_map(parameters)
    unknown = parameters.keys() - request.to_map().keys()
    if unknown:
        return {'problem': f'{action} does not know {", ".join(sorted(unknown))}'}
    method = re.sub(r'(?<!^)(?=[A-Z])', '_', action).lower()
    try:
        return {'body': getattr(client, method)(request).body.to_map()}
    except DaraException as error:
        if getattr(error, 'status_code', None) is None:
            return {'problem': repr(error)}
        return {'error': {'code': error.code, 'message': error.message}}


for line in sys.stdin:
    call = json.loads(line)
    print(json.dumps(ask(call['action'], call['parameters'])), flush=True)

/** A first program with a client of ACR's API. It lists the instances. */
export interface SdkExample {
  /** What its tab is called. */
  readonly key: string
  /** A command that installs it; null where it is not installed by one. */
  readonly install: string | null
  /** Text of a file, or a command. */
  readonly program: string
  /** The name of the file; null of a command. */
  readonly file: string | null
}

/**
 * First programs for the server at `origin`, with a key that is in the environment under the names that Alibaba's
 * clients look for. The versions are those that e2e/acr tests. docs/acr-api.md has whole programs.
 */
export function sdkExamples(origin: string): readonly [SdkExample, ...SdkExample[]] {
  const { host, protocol } = new URL(origin)
  const scheme = protocol.slice(0, -1)
  return [
    {
      key: 'Python',
      install: 'pip install alibabacloud_cr20181201==2.2.5',
      file: 'example.py',
      program: pythonProgram(origin, 'ListInstanceRequest', [
        'for instance in client.list_instance(ListInstanceRequest()).body.instances:',
        '    print(instance.instance_id, instance.instance_name)',
      ]),
    },
    {
      key: 'Go',
      install: 'go get github.com/alibabacloud-go/cr-20181201/v2@v2.5.0',
      file: 'main.go',
      program: `package main

import (
	"fmt"
	"log"
	"os"

	cr "github.com/alibabacloud-go/cr-20181201/v2/client"
	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/tea/tea"
)

func main() {
	client, err := cr.NewClient(&openapi.Config{
		AccessKeyId:     tea.String(os.Getenv("ALIBABA_CLOUD_ACCESS_KEY_ID")),
		AccessKeySecret: tea.String(os.Getenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET")),
		Endpoint:        tea.String("${host}"),
		Protocol:        tea.String("${scheme}"),
	})
	if err != nil {
		log.Fatal(err)
	}
	listed, err := client.ListInstance(&cr.ListInstanceRequest{})
	if err != nil {
		log.Fatal(err)
	}
	for _, instance := range listed.Body.Instances {
		fmt.Println(tea.StringValue(instance.InstanceId), tea.StringValue(instance.InstanceName))
	}
}`,
    },
    {
      key: 'Java',
      install: null,
      file: 'Example.java',
      program: `// Maven: com.aliyun:cr20181201:1.0.10
import com.aliyun.cr20181201.Client;
import com.aliyun.cr20181201.models.ListInstanceRequest;
import com.aliyun.teaopenapi.models.Config;

public class Example {
    public static void main(String[] arguments) throws Exception {
        Config config = new Config()
            .setAccessKeyId(System.getenv("ALIBABA_CLOUD_ACCESS_KEY_ID"))
            .setAccessKeySecret(System.getenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET"));
        config.endpoint = "${host}";
        config.protocol = "${scheme}";
        new Client(config).listInstance(new ListInstanceRequest()).body.instances.forEach(instance ->
            System.out.println(instance.instanceId + " " + instance.instanceName));
    }
}`,
    },
    {
      key: 'Node.js',
      install: 'npm install @alicloud/openapi-client@0.4.15 @alicloud/tea-util@1.4.9',
      file: 'example.cjs',
      program: `const { default: Client, Config, OpenApiRequest, Params } = require('@alicloud/openapi-client')
const { RuntimeOptions } = require('@alicloud/tea-util')

const client = new Client(new Config({
  accessKeyId: process.env.ALIBABA_CLOUD_ACCESS_KEY_ID,
  accessKeySecret: process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET,
  endpoint: '${host}',
  protocol: '${scheme.toUpperCase()}',
}))
const listInstance = new Params({
  action: 'ListInstance', version: '2018-12-01', protocol: '${scheme.toUpperCase()}', method: 'POST', authType: 'AK',
  style: 'RPC', pathname: '/', reqBodyType: 'formData', bodyType: 'json',
})
client.callApi(listInstance, new OpenApiRequest({}), new RuntimeOptions({})).then(({ body }) => {
  for (const { InstanceId, InstanceName } of body.Instances) console.log(InstanceId, InstanceName)
})`,
    },
    {
      key: 'aliyun',
      install: null,
      file: null,
      program: `aliyun cr ListInstance --region cn-hangzhou --endpoint ${host}${scheme === 'http' ? ' --insecure' : ''}`,
    },
    {
      key: 'Terraform',
      install: null,
      file: 'main.tf',
      program: `terraform {
  required_providers {
    alicloud = {
      source  = "aliyun/alicloud"
      version = ">= 1.283.0"
    }
  }
}

provider "alicloud" {
  region   = "cn-hangzhou"
  protocol = "${scheme.toUpperCase()}"
  endpoints {
    cr = "${host}"
  }
}

data "alicloud_cr_ee_instances" "all" {}

output "instances" {
  value = data.alicloud_cr_ee_instances.all.names
}`,
    },
  ]
}

/** A program in Python with a client for the server at `origin`, one model of its requests, and `lines` that use both. */
export function pythonProgram(origin: string, request: string, lines: readonly string[]): string {
  const { host, protocol } = new URL(origin)
  return `import os
from alibabacloud_cr20181201.client import Client
from alibabacloud_cr20181201.models import ${request}
from alibabacloud_tea_openapi.models import Config

client = Client(Config(
    access_key_id=os.environ['ALIBABA_CLOUD_ACCESS_KEY_ID'],
    access_key_secret=os.environ['ALIBABA_CLOUD_ACCESS_KEY_SECRET'],
    endpoint='${host}',
    protocol='${protocol.slice(0, -1)}',
))
${lines.join('\n')}`
}

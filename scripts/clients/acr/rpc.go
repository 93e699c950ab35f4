package main

import (
	rpc "github.com/alibabacloud-go/tea-rpc/client"
	util "github.com/alibabacloud-go/tea-utils/service"
	"github.com/alibabacloud-go/tea/tea"
)

// teaRPC is the client that Terraform uses for repositories, called as its provider's function RpcPost does: common
// parameters in the query, those of the action in the form.
type teaRPC struct{ client *rpc.Client }

func openRPC(endpoint, id, secret string) (sdkClient, error) {
	client, err := rpc.NewClient(&rpc.Config{
		AccessKeyId:     tea.String(id),
		AccessKeySecret: tea.String(secret),
		RegionId:        tea.String("cn-hangzhou"),
		Endpoint:        tea.String(endpoint),
		Protocol:        tea.String("HTTP"),
	})
	return teaRPC{client}, err
}

func (s teaRPC) call(asked call) (any, *failure, error) {
	parameters := map[string]any{"RegionId": "cn-hangzhou"}
	for name, value := range asked.Parameters {
		parameters[name] = value
	}
	body, err := s.client.DoRequest(
		tea.String(asked.Action), nil, tea.String("POST"), tea.String("2018-12-01"), tea.String("AK"),
		map[string]any{}, parameters, (&util.RuntimeOptions{}).SetAutoretry(false),
	)
	if err != nil {
		return failedTea(err)
	}
	return body, nil, nil
}

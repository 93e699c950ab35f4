package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	cr "github.com/alibabacloud-go/cr-20181201/v2/client"
	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/tea/tea"
)

// openAPI is the client that is generated today. It has a method for each action, which takes a typed request.
type openAPI struct{ client *cr.Client }

func openOpenAPI(endpoint, id, secret string) (sdkClient, error) {
	client, err := cr.NewClient(&openapi.Config{
		AccessKeyId:     tea.String(id),
		AccessKeySecret: tea.String(secret),
		RegionId:        tea.String("cn-hangzhou"),
		Endpoint:        tea.String(endpoint),
		Protocol:        tea.String("http"),
	})
	return openAPI{client}, err
}

func (s openAPI) call(asked call) (any, *failure, error) {
	method := reflect.ValueOf(s.client).MethodByName(asked.Action)
	if !method.IsValid() {
		return nil, nil, fmt.Errorf("no method %s", asked.Action)
	}
	request := reflect.New(method.Type().In(0).Elem())
	given, err := json.Marshal(asked.Parameters)
	if err != nil {
		return nil, nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(given))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(request.Interface()); err != nil {
		return nil, nil, err
	}
	results := method.Call([]reflect.Value{request})
	if err, _ := results[1].Interface().(error); err != nil {
		return failedTea(err)
	}
	return results[0].Elem().FieldByName("Body").Interface(), nil, nil
}

// failedTea tells an answer of the server from other errors.
func failedTea(err error) (any, *failure, error) {
	var answered *tea.SDKError
	if !errors.As(err, &answered) || answered.Code == nil {
		return nil, nil, err
	}
	return nil, &failure{Code: tea.StringValue(answered.Code), Message: tea.StringValue(answered.Message)}, nil
}

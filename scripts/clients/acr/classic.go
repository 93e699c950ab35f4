package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/responses"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/cr_ee"
)

// classic is the older client, which Terraform uses for namespaces. Its requests do not know all parameters
// (TagImmutability is one): those are added to the query, as its users do.
type classic struct{ client *cr_ee.Client }

// requestsOf has how each action's request is made: the package has a function for each, which reflection cannot find.
var requestsOf = map[string]func() requests.AcsRequest{
	"CreateNamespace":  func() requests.AcsRequest { return cr_ee.CreateCreateNamespaceRequest() },
	"CreateRepository": func() requests.AcsRequest { return cr_ee.CreateCreateRepositoryRequest() },
	"DeleteNamespace":  func() requests.AcsRequest { return cr_ee.CreateDeleteNamespaceRequest() },
	"DeleteRepository": func() requests.AcsRequest { return cr_ee.CreateDeleteRepositoryRequest() },
	"GetNamespace":     func() requests.AcsRequest { return cr_ee.CreateGetNamespaceRequest() },
	"GetRepository":    func() requests.AcsRequest { return cr_ee.CreateGetRepositoryRequest() },
	"ListRepoTag":      func() requests.AcsRequest { return cr_ee.CreateListRepoTagRequest() },
	"UpdateNamespace":  func() requests.AcsRequest { return cr_ee.CreateUpdateNamespaceRequest() },
	"UpdateRepository": func() requests.AcsRequest { return cr_ee.CreateUpdateRepositoryRequest() },
}

func openClassic(endpoint, id, secret string) (sdkClient, error) {
	config := sdk.NewConfig().WithScheme("HTTP")
	client, err := cr_ee.NewClientWithOptions("cn-hangzhou", config, credentials.NewAccessKeyCredential(id, secret))
	if err != nil {
		return nil, err
	}
	client.Domain = endpoint
	return classic{client}, nil
}

func (s classic) call(asked call) (any, *failure, error) {
	create, ok := requestsOf[asked.Action]
	if !ok {
		return nil, nil, fmt.Errorf("no request of %s", asked.Action)
	}
	request := create()
	fields := reflect.ValueOf(request).Elem()
	for name, value := range asked.Parameters {
		if field := fields.FieldByName(name); field.IsValid() {
			field.SetString(fmt.Sprint(value))
		} else {
			request.GetQueryParams()[name] = fmt.Sprint(value)
		}
	}
	results := reflect.ValueOf(s.client).MethodByName(asked.Action).Call([]reflect.Value{reflect.ValueOf(request)})
	if err, _ := results[1].Interface().(error); err != nil {
		return failedClassic(err)
	}
	// What the typed response has is checked by its parsing; it does not have all that the server sent.
	var body map[string]any
	err := json.Unmarshal(results[0].Interface().(responses.AcsResponse).GetHttpContentBytes(), &body)
	return body, nil, err
}

func failedClassic(err error) (any, *failure, error) {
	var answered *sdkerrors.ServerError
	if !errors.As(err, &answered) {
		return nil, nil, err
	}
	return nil, &failure{Code: answered.ErrorCode(), Message: answered.Message()}, nil
}

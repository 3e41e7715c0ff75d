using LeNetServe.InferenceServer.Access;

namespace LeNetServe.InferenceServer.Tests.Access;

public sealed class DoorsTests
{
    [Theory]
    [InlineData("/v2/repository/models/m/load", Door.Control)]
    [InlineData("/V2/Repository/Models/m/unload/", Door.Control)]
    [InlineData("/inference.GRPCInferenceService/RepositoryModelLoad", Door.Control)]
    [InlineData("/inference.GRPCInferenceService/RepositoryModelUnload", Door.Control)]
    [InlineData("/inference.GRPCInferenceService/repositorymodelload", Door.Control)]
    [InlineData("/inference.grpcinferenceservice/RepositoryModelUnload/", Door.Control)]
    [InlineData("/inference.GRPCInferenceService/RepositoryIndex", Door.Inference)]
    [InlineData("/inference.GRPCInferenceService/ServerReady", Door.Health)]
    [InlineData("/lenetserve.v1.Classifier/Classify", Door.Inference)]
    [InlineData("/v2/models/m/infer", Door.Inference)]
    [InlineData("/v2/health/ready", Door.Health)]
    [InlineData("/readyz/", Door.Health)]
    [InlineData("/grpc.health.v1.Health/Watch", Door.Health)]
    [InlineData("/Metrics/", Door.Metrics)]
    [InlineData("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", Door.Reflection)]
    [InlineData("/something/new", Door.Inference)]
    public void Of_Path_LeadsToItsDoor(string path, object door) => Assert.Equal(door, Doors.Of(path));
}

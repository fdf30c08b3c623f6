using Pipeline.Storage.EngineHost;

return await EngineProgram.RunAsync(args);
